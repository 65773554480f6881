#include "actors/uplink/body_budget.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto rate = std::size_t{100'000}; // bytes per second

exchange answered(const std::string& path, std::size_t size, std::uint16_t status = 200) {
  auto what = exchange{};
  what.request.emplace();
  what.request->method = "GET";
  what.request->host = "shop.example";
  what.request->path = path;
  what.response.emplace();
  what.response->status = status;
  what.response->body = {std::string(size, 'x'), size, false};
  return what;
}

/// Sums up what passes, and checks that all of it is counted.
struct metered {
  body_budget budget;
  body_bytes total;

  explicit metered(std::size_t rate_max = rate) : budget{rate_max} {}

  /// Whether the bodies passed.
  bool pass(exchange what, std::chrono::nanoseconds now) {
    budget.apply(what, now);
    auto counted = budget.take_counted();
    total.in += counted.in;
    total.out += counted.out;
    total.sampled += counted.sampled;
    return what.quality == exchange_quality::complete;
  }
};

bool within(std::uint64_t value, double expected, double tolerance) {
  return std::abs(static_cast<double>(value) - expected) <= expected * tolerance;
}

} // namespace

TEST_CASE("below the rate every body passes unchanged") {
  auto test = metered{};
  for (auto i = 0; i < 1000; ++i)
    CHECK(test.pass(answered("/hot", rate / 20), i * 100ms)); // half of the rate
  CHECK(test.total.sampled == 0);
  CHECK(test.total.in == 1000 * (rate / 20));
}

TEST_CASE("one endpoint at a hundred times the rate leaves fifty rare ones all their bodies") {
  auto test = metered{};
  auto rare_lost = 0;
  auto tick = 0;
  for (auto now = 0ns; now < 60s; now += 1ms, ++tick) {
    static_cast<void>(test.pass(answered("/hot", rate / 10), now)); // 100 times the rate
    if (tick % 40 == 0) // each of the fifty once in two seconds: a fifth of the rate together
      rare_lost += !test.pass(answered("/rare-" + std::to_string(tick / 40 % 50), rate / 125), now);
  }
  CHECK(rare_lost == 0);
  CHECK(within(test.total.out, 60.0 * rate, 0.05));
  CHECK(test.total.in == test.total.out + test.total.sampled);
}

TEST_CASE("what many endpoints want beyond the rate is cut to the rate") {
  for (auto keys : {1, 7, 300}) {
    CAPTURE(keys);
    auto test = metered{};
    auto random = std::mt19937{1};
    for (auto now = 0ns; now < 100s; now += 2ms)
      static_cast<void>(
          test.pass(answered("/p" + std::to_string(random() % static_cast<unsigned>(keys)) + "x", random() % 2000),
                    now)); // five times the rate
    CHECK(within(test.total.out, 100.0 * rate, 0.05));
    CHECK(test.total.in == test.total.out + test.total.sampled);
  }
}

TEST_CASE("any ten seconds carry at most the rate, a second's burst and two bodies") {
  constexpr auto body_max = std::size_t{30'000};
  auto test = metered{};
  auto random = std::mt19937{2};
  auto passed = std::vector<std::pair<std::chrono::nanoseconds, std::size_t>>{};
  for (auto now = 0ns; now < 60s; now += std::chrono::milliseconds{random() % 500 < 2 ? 4000 : 3}) {
    auto size = random() % body_max;
    if (size > 0 && test.pass(answered("/p" + std::to_string(random() % 20) + "x", size), now))
      passed.emplace_back(now, size);
  }
  auto worst = std::size_t{0};
  for (auto i = passed.begin(); i != passed.end(); ++i) {
    auto sum = std::size_t{0};
    for (auto j = i; j != passed.end() && j->first <= i->first + 10s; ++j)
      sum += j->second;
    worst = std::max(worst, sum);
  }
  CHECK(worst <= 11 * rate + 2 * body_max);
}

TEST_CASE("bodies larger than a second of the rate pass, at the rate in the long run") {
  auto test = metered{};
  for (auto now = 0ns; now < 2000s; now += 1s)
    static_cast<void>(test.pass(answered("/large", 20 * rate), now));
  CHECK(within(test.total.out, 2000.0 * rate, 0.05));
}

TEST_CASE("a large body of one endpoint does not take the turn of another") {
  auto test = metered{};
  CHECK(test.pass(answered("/large", 50 * rate), 0s));
  CHECK(test.pass(answered("/small", 1000), 1ms));
  CHECK(test.pass(answered("/other", 1000), 2ms));
}

TEST_CASE("more endpoints than there is room for are sampled, and none is lost count of") {
  auto test = metered{};
  auto steady_passed = 0;
  for (auto i = 0; i < 40'000; ++i) {
    auto now = i * 500us;
    static_cast<void>(test.pass(answered("/once-" + std::to_string(i) + "x", 1000), now)); // twenty times the rate
    if (i % 200 == 0)                                                                      // ten a second
      steady_passed += test.pass(answered("/steady", 100), now);
  }
  CHECK(within(test.total.out, 20.0 * rate, 0.06));
  CHECK(test.total.in == test.total.out + test.total.sampled);
  CHECK(steady_passed >= 190); // of 200: those that come again go before those that come once
}

TEST_CASE("paths that differ in identifiers share one bucket") {
  auto test = metered{};
  for (auto i = 0; i < 2000; ++i) // uses up the open bucket and its own share, at 20 times the rate
    static_cast<void>(test.pass(answered("/users/" + std::to_string(i), 1000), i * 500us));
  CHECK_FALSE(test.pass(answered("/users/7", 10), 1s));
}

TEST_CASE("another status, method or authority has a share of its own") {
  auto other_status = answered("/users/7", 10, 500);
  auto other_method = answered("/users/7", 10);
  other_method.request->method = "PUT";
  auto other_authority = answered("/users/7", 10);
  other_authority.request->host = "other.example";
  for (const auto& each : {other_status, other_method, other_authority}) {
    auto test = metered{};
    for (auto i = 0; i < 2000; ++i)
      static_cast<void>(test.pass(answered("/users/1", 1000), i * 500us));
    REQUIRE_FALSE(test.pass(answered("/users/2", 10), 1s));
    CHECK(test.pass(each, 1s));
  }
}

TEST_CASE("a refused exchange keeps all but its bodies") {
  auto budget = body_budget{0};
  auto what = answered("/users", 10, 201);
  what.request->body = {"{}", 2, false};
  budget.apply(what, 0s);
  CHECK(what.quality == exchange_quality::body_sampled);
  CHECK(what.request->body.bytes.empty());
  CHECK(what.request->body.truncated);
  CHECK(what.request->body.size_carried == 2);
  CHECK(what.response->body.bytes.empty());
  CHECK(what.response->body.truncated);
  CHECK(what.response->body.size_carried == 10);
  CHECK(what.response->status == 201);
  CHECK(budget.take_counted().sampled == 12);
  CHECK(budget.take_counted().sampled == 0);
}

TEST_CASE("a body that was not there is not called truncated") {
  auto budget = body_budget{0};
  auto what = answered("/users", 10);
  budget.apply(what, 0s);
  CHECK_FALSE(what.request->body.truncated);
  CHECK(what.response->body.truncated);
}

TEST_CASE("an exchange without bodies is never touched") {
  auto test = metered{0};
  CHECK(test.pass(answered("/users", 0), 0s));
  CHECK(test.total.in == 0);
  auto orphan = exchange{};
  orphan.quality = exchange_quality::response_only;
  orphan.response.emplace();
  auto budget = body_budget{0};
  budget.apply(orphan, 0s);
  CHECK_FALSE(orphan.response->body.truncated);
}

TEST_CASE("a worse quality than sampled stays") {
  auto budget = body_budget{0};
  for (auto quality : {exchange_quality::truncated_gap, exchange_quality::response_only}) {
    auto what = answered("/", 10);
    what.quality = quality;
    budget.apply(what, 0s);
    CHECK(what.quality == quality);
    CHECK(what.response->body.bytes.empty());
  }
}

TEST_CASE("a response without its request is counted with those of its status") {
  auto test = metered{};
  auto orphan = answered("/", 10);
  orphan.request.reset();
  CHECK(test.pass(answered("/large", 50 * rate), 0s));
  CHECK(test.pass(orphan, 0s));
}

TEST_CASE("a new rate holds from then on") {
  auto test = metered{};
  auto run = [&](std::chrono::seconds from, std::chrono::seconds to) {
    auto before = test.total.out;
    for (auto now = std::chrono::nanoseconds{from}; now < to; now += 1ms)
      static_cast<void>(test.pass(answered("/hot", rate / 100), now));
    return test.total.out - before;
  };
  CHECK(within(run(0s, 50s), 50.0 * rate, 0.05));
  test.budget.limit(rate / 10);
  CHECK(within(run(50s, 100s), 5.0 * rate, 0.05));
  test.budget.limit(0);
  CHECK(run(100s, 110s) == 0);
  test.budget.limit(rate);
  CHECK(within(run(110s, 160s), 50.0 * rate, 0.05));
}

TEST_CASE("time that goes back or jumps ahead gives nothing away") {
  auto test = metered{};
  for (auto now : {100s, 50s, 1000000s, 0s, 1000000s})
    for (auto i = 0; i < 1000; ++i)
      static_cast<void>(test.pass(answered("/hot", 1000), now));
  CHECK(test.total.out <= 2 * (rate + 2 * 1000));
  CHECK(test.total.in == test.total.out + test.total.sampled);
}
