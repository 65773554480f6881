// The small parts that keep peers within bounds: how often, how fast, how much.
#include "actors/link/backoff.hpp"
#include "actors/link/link_status.hpp"
#include "actors/link/log_limit.hpp"
#include "actors/link/memory_budget.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <thread>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto begin = token_bucket::time_point{1h};

std::map<std::string, std::uint64_t> refusals(const link_status& status) {
  auto all = std::map<std::string, std::uint64_t>{};
  status.for_each_refusal([&](std::string_view reason, std::uint64_t count) { all.emplace(reason, count); });
  return all;
}

} // namespace

TEST_CASE("the wait doubles up to its longest, and begins anew after a success") {
  auto delay = backoff{1000ms};
  CHECK(delay.next(0) == 125ms);
  CHECK(delay.next(0) == 250ms);
  CHECK(delay.next(0) == 500ms);
  CHECK(delay.next(0) == 500ms);
  delay.reset();
  CHECK(delay.next(0) == 125ms);
}

TEST_CASE("chance spreads the wait over its upper half") {
  auto delay = backoff{10s};
  CHECK(delay.next(0.5) == 187ms);
  CHECK(delay.next(0.999) < 500ms);
  CHECK(delay.next(0.999) > 990ms);
}

TEST_CASE("a longest wait that becomes shorter holds at once") {
  auto delay = backoff{60s};
  for (auto i = 0; i < 8; ++i)
    static_cast<void>(delay.next(0));
  delay.limit(1s);
  CHECK(delay.next(0) == 500ms);
  delay.limit(100ms); // below the shortest
  CHECK(delay.next(0) == 50ms);
}

TEST_CASE("a bucket gives its burst at once and its rate in the long run") {
  auto bucket = token_bucket{10, 20};
  for (auto i = 0; i < 20; ++i)
    CHECK(bucket.take(1, begin));
  CHECK_FALSE(bucket.take(1, begin));
  CHECK(bucket.take(1, begin + 100ms));
  CHECK_FALSE(bucket.take(1, begin + 100ms));
  auto taken = 0;
  for (auto now = begin + 100ms; now < begin + 100s; now += 10ms)
    taken += bucket.take(1, now);
  CHECK(taken >= 998);
  CHECK(taken <= 1000);
}

TEST_CASE("more than is there may be taken and is owed") {
  auto bucket = token_bucket{100, 100};
  CHECK(bucket.wait(begin) == 0ms);
  CHECK(bucket.take(150, begin));
  auto wait = bucket.wait(begin);
  CHECK(wait > 500ms);
  CHECK(wait < 510ms);
  CHECK_FALSE(bucket.take(1, begin + 499ms));
  CHECK(bucket.wait(begin + wait) == 0ms);
  CHECK(bucket.take(1, begin + wait));
}

TEST_CASE("what a bucket saves up is no more than its burst") {
  auto bucket = token_bucket{10, 5};
  CHECK(bucket.take(5, begin));
  CHECK(bucket.take(5, begin + 1h));
  CHECK_FALSE(bucket.take(1, begin + 1h));
}

TEST_CASE("shares come out of the budget and go back into it") {
  auto budget = memory_budget{100};
  const auto one = memory_budget::make_holder();
  auto first = budget.take(60, one, 1);
  REQUIRE(first);
  CHECK_FALSE(budget.take(41, one, 1));
  auto second = budget.take(40, one, 1);
  REQUIRE(second);
  CHECK(budget.used() == 100);
  first.reset();
  CHECK(budget.used() == 40);
  auto moved = std::move(*second);
  second.reset();
  CHECK(budget.used() == 40);
}

TEST_CASE("the first share may exceed the budget, and then there is none for others") {
  auto budget = memory_budget{100};
  const auto one = memory_budget::make_holder();
  auto large = budget.take(1000, one, 1);
  REQUIRE(large);
  CHECK_FALSE(budget.take(1, one, 1));
  large.reset();
  CHECK(budget.used() == 0);
}

TEST_CASE("a share has its real size once that is known, also in another hand") {
  auto budget = memory_budget{100};
  const auto one = memory_budget::make_holder();
  auto share = budget.take(50, one, 1);
  REQUIRE(share);
  share->resize(120);
  CHECK(budget.used() == 120);
  CHECK_FALSE(budget.take(1, one, 1));
  share->resize(10);
  CHECK(budget.take(90, one, 1));
  auto other = budget.take(20, one, 1);
  REQUIRE(other);
  *share = std::move(*other);
  other.reset();
  CHECK(budget.used() == 20);
}

TEST_CASE("half used up, a budget leaves every holder an even part") {
  auto budget = memory_budget{100};
  const auto greedy = memory_budget::make_holder();
  const auto modest = memory_budget::make_holder();
  auto first = budget.take(30, greedy, 2);
  auto second = budget.take(20, greedy, 2);
  REQUIRE(second);
  CHECK_FALSE(budget.take(10, greedy, 2)); // has its half
  auto other = budget.take(40, modest, 2);
  REQUIRE(other);
  CHECK_FALSE(budget.take(20, modest, 2)); // and there is no more
  first.reset();
  second.reset();
  CHECK(budget.take(50, greedy, 2));
}

TEST_CASE("a budget that becomes smaller holds for the next share") {
  auto budget = memory_budget{100};
  const auto one = memory_budget::make_holder();
  auto share = budget.take(50, one, 1);
  budget.limit(60);
  CHECK_FALSE(budget.take(20, one, 1));
  budget.limit(70);
  CHECK(budget.take(20, one, 1));
}

TEST_CASE("many threads never hold more than the budget together, and give all of it back") {
  auto budget = memory_budget{25};
  const auto one = memory_budget::make_holder();
  auto held = std::atomic<int>{0};
  auto most = std::atomic<int>{0};
  {
    auto threads = std::vector<std::jthread>{};
    for (auto i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (auto turn = 0; turn < 20000; ++turn)
          if (auto share = budget.take(10, one, 1)) {
            auto now = ++held;
            for (auto before = most.load(); now > before && !most.compare_exchange_weak(before, now);) {
            }
            --held;
          }
      });
  }
  CHECK(most <= 2);
  CHECK(budget.used() == 0);
}

TEST_CASE("a log gets a burst of lines, then a few, and hears how many were left out") {
  auto limit = log_limit{};
  for (auto i = 0.0; i < log_limit::lines_burst; ++i)
    CHECK(limit.admit(begin) == 0);
  for (auto i = 0; i < 7; ++i)
    CHECK_FALSE(limit.admit(begin));
  CHECK(limit.admit(begin + 500ms) == 7);
  CHECK_FALSE(limit.admit(begin + 500ms));
  CHECK(limit.admit(begin + 1000ms) == 1);
  CHECK(limit.admit(begin + 1h) == 0);
}

TEST_CASE("refusals are counted by reason, and beyond the limit of reasons together") {
  auto status = link_status{};
  for (std::size_t i = 0; i < link_status::reasons_max + 10; ++i)
    status.count_refusal("reason " + std::to_string(i));
  status.count_refusal("reason 3");
  auto all = refusals(status);
  CHECK(all.size() == link_status::reasons_max + 1);
  CHECK(all.at("reason 3") == 2);
  CHECK(all.at("other") == 10);
}

TEST_CASE("what the sniffer's end shows is changed as a whole") {
  auto status = link_status{};
  CHECK_FALSE(status.sniffer_end().connected);
  status.update([](auto& shown) {
    shown.connected = true;
    shown.name = "s1.test";
  });
  CHECK(status.sniffer_end().connected);
  CHECK(status.sniffer_end().name == "s1.test");
}
