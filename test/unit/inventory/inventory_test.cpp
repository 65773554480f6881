#include "actors/inventory/inventory.hpp"

#include "actors/inventory/authority.hpp"
#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

constexpr auto small = inventory_limits{.apis_max = 3, .endpoints_max = 4, .schema = {}};

exchange call_at(std::string host, std::string path) {
  auto one = call("GET", std::move(path), 200);
  one.request->host = std::move(host);
  return one;
}

std::string text(const std::vector<evidence_row>& rows) {
  auto out = std::string{};
  for (const auto& row : rows)
    out += row.authority + "|" + row.method + "|" + row.path + "|" + row.evidence + "\n";
  return out;
}

/// What a store holds after it was given `rows`.
void upsert(std::vector<evidence_row>& store, const std::vector<evidence_row>& rows) {
  for (const auto& row : rows) {
    std::erase_if(store, [&](const evidence_row& old) {
      return old.authority == row.authority && old.method == row.method && old.path == row.path;
    });
    if (!row.evidence.empty())
      store.push_back(row);
  }
  std::ranges::sort(store, {},
                    [](const evidence_row& row) { return row.authority + "|" + row.method + "|" + row.path; });
}

std::vector<exchange> many_calls() {
  auto out = std::vector<exchange>{};
  for (auto i = 0; i < 400; ++i)
    out.push_back(call_at("host" + std::to_string(i % 7), "/r" + std::to_string(i % 11)));
  return out;
}

} // namespace

TEST_CASE("an exchange becomes an endpoint of its API") {
  auto all = inventory{{}};
  all.learn(call("GET", "/users/42", 200));
  all.learn(call("GET", "/users/43", 404));
  const auto apis = all.apis();
  REQUIRE(apis.size() == 1);
  CHECK(apis[0].authority == "api.example");
  CHECK(apis[0].served == 2);
  CHECK(apis[0].endpoints.empty());
  const auto api = all.api(apis[0].id);
  REQUIRE(api);
  REQUIRE(api->endpoints.size() == 1);
  CHECK(api->endpoints[0].method == "GET");
  CHECK(api->endpoints[0].path == "/users/{userId}");
  CHECK(api->endpoints[0].statuses == std::vector<std::pair<std::uint16_t, std::uint64_t>>{{200, 1}, {404, 1}});
  CHECK(api->endpoints[0].first_seen == wall_time{std::chrono::milliseconds{1}});
}

TEST_CASE("shapes of one name are one endpoint to the reader") {
  auto all = inventory{{}};
  all.learn(call("GET", "/a/42", 200));
  all.learn(call("GET", "/a/3f2b0c1e-9a7d-4c55-8b1a-0123456789ab", 200));
  CHECK(all.take_changed().size() == 2);
  const auto api = all.api(api_id("api.example"));
  REQUIRE(api->endpoints.size() == 1);
  CHECK(api->endpoints[0].served == 2);
}

TEST_CASE("unknown ids have no API") {
  auto all = inventory{{}};
  CHECK_FALSE(all.api(""));
  CHECK_FALSE(all.api("0123456789abcdef"));
  CHECK_FALSE(all.openapi("0123456789abcdef"));
}

TEST_CASE("exchanges that cannot be learnt are counted") {
  auto all = inventory{{}};
  auto orphan = call("GET", "/", 200);
  orphan.request.reset();
  orphan.quality = exchange_quality::response_only;
  all.learn(orphan);
  for (const auto& method : {std::string{"CONNECT"}, std::string{""}, std::string{"GE T"}, std::string{"G\xc3\xa9"},
                             std::string(33, 'A'), std::string{"A\0", 2}})
    all.learn(call(method, "/", 200));
  all.learn(call(std::string(32, 'A'), "/", 200));
  CHECK(all.counters().no_request == 1);
  CHECK(all.counters().method_refused == 6);
  CHECK(all.counters().learned == 1);
}

TEST_CASE("garbage authorities share one API") {
  auto all = inventory{{}};
  all.learn(call_at("<img src=x onerror=alert(1)>", "/"));
  all.learn(call_at("a b", "/"));
  CHECK(all.counters().invalid_authority == 2);
  REQUIRE(all.apis().size() == 1);
  CHECK(all.apis()[0].authority == "invalid");
}

TEST_CASE("only what changed is taken, and once") {
  auto all = inventory{{}};
  all.learn(call("GET", "/a", 200));
  all.learn(call("GET", "/b", 200));
  CHECK(all.take_changed().size() == 2);
  CHECK(all.take_changed().empty());
  all.learn(call("GET", "/a", 200));
  const auto rows = all.take_changed();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].authority == "api.example");
  CHECK(rows[0].method == "GET");
  CHECK(rows[0].path == "/a");
  CHECK(rows[0].evidence ==
        R"({"v":1,"served":2,"first_ns":1000000,"last_ns":1000000,"responses":{"of":{"200":{"responses":2}}}})");
}

TEST_CASE("a restart loses nothing") {
  auto before = inventory{{}};
  before.learn(with_response_body(call("GET", "/a", 200), "application/json", R"({"x":1})"));
  before.learn(call("POST", "/users/1", 201));
  auto after = inventory{{}};
  for (const auto& row : before.take_changed())
    REQUIRE(after.load(row));
  CHECK(after.take_changed().empty());
  const auto id = api_id("api.example");
  CHECK(*after.openapi(id) == *before.openapi(id));
}

TEST_CASE("a row that is loaded after its endpoint was seen is merged and taken again") {
  auto before = inventory{{}};
  before.learn(call("GET", "/a", 200));
  const auto rows = before.take_changed();
  auto after = inventory{{}};
  after.learn(call("GET", "/a", 200));
  CHECK(after.take_changed().size() == 1);
  REQUIRE(after.load(rows[0]));
  CHECK(after.apis()[0].served == 2);
  CHECK(after.take_changed().size() == 1);
}

TEST_CASE("damaged rows are refused and change nothing") {
  auto all = inventory{{}};
  const auto good = std::string{R"({"v":1,"served":1,"first_ns":1,"last_ns":1})"};
  CHECK_FALSE(all.load({"A B", "GET", "/", good}));
  CHECK_FALSE(all.load({"HOST", "GET", "/", good}));
  CHECK_FALSE(all.load({"", "GET", "/", good}));
  CHECK_FALSE(all.load({"host", "", "/", good}));
  CHECK_FALSE(all.load({"host", "GET", "", good}));
  CHECK_FALSE(all.load({"host", "GET", "/42", good}));
  CHECK_FALSE(all.load({"host", "CONNECT", "/", good}));
  CHECK_FALSE(all.load({"host", "GET", "/", "{"}));
  CHECK_FALSE(all.load({"host", "", "", "{"}));
  CHECK(all.load({"host", "GET", "/", ""}));
  CHECK(all.apis().empty());
  CHECK(all.load({"host", "GET", "/", good}));
}

TEST_CASE("which APIs and endpoints are kept does not depend on the order") {
  auto random = std::mt19937{17};
  auto calls = many_calls();
  auto expected = std::string{};
  for (auto round = 0; round < 10; ++round) {
    std::ranges::shuffle(calls, random);
    auto all = inventory{small};
    for (const auto& one : calls)
      all.learn(one);
    auto state = text(all.take_changed());
    state += std::to_string(all.left_out().apis) + " " + std::to_string(all.left_out().endpoints);
    for (const auto& api : all.apis())
      state += *all.openapi(api.id);
    expected = expected.empty() ? state : expected;
    CHECK((state == expected));
    CHECK(all.apis().size() == 3);
  }
}

TEST_CASE("what is kept and what is left out is all that was learnt") {
  auto all = inventory{small};
  for (const auto& one : many_calls())
    all.learn(one);
  auto kept = std::uint64_t{0};
  for (const auto& api : all.apis()) {
    kept += api.served;
    CHECK(all.api(api.id)->endpoints.size() == 4);
    CHECK(all.openapi(api.id)->find("exchanges_of_endpoints_left_out") != std::string::npos);
  }
  CHECK(kept + all.left_out().apis + all.left_out().endpoints == 400);
}

TEST_CASE("the store holds what the inventory holds, however often it was taken") {
  auto random = std::mt19937{23};
  auto calls = many_calls();
  auto at_once = inventory{small};
  for (const auto& one : calls)
    at_once.learn(one);
  auto expected = std::vector<evidence_row>{};
  upsert(expected, at_once.take_changed());
  for (auto round = 0; round < 10; ++round) {
    std::ranges::shuffle(calls, random);
    auto all = inventory{small};
    auto store = std::vector<evidence_row>{};
    for (const auto& one : calls) {
      all.learn(one);
      if (random() % 20 == 0)
        upsert(store, all.take_changed());
      if (random() % 100 == 0) { // a restart
        upsert(store, all.take_changed());
        all = inventory{small};
        std::ranges::shuffle(store, random);
        for (const auto& row : store)
          REQUIRE(all.load(row));
        upsert(store, all.take_changed());
      }
    }
    upsert(store, all.take_changed());
    CHECK((text(store) == text(expected)));
  }
}

TEST_CASE("rows beyond limits that were lowered are taken back") {
  auto wide = inventory{{}};
  auto store = std::vector<evidence_row>{};
  for (const auto& one : many_calls())
    wide.learn(one);
  upsert(store, wide.take_changed());
  auto narrow = inventory{small};
  for (const auto& row : store)
    REQUIRE(narrow.load(row));
  upsert(store, narrow.take_changed());
  auto direct = inventory{small};
  for (const auto& one : many_calls())
    direct.learn(one);
  auto expected = std::vector<evidence_row>{};
  upsert(expected, direct.take_changed());
  CHECK((text(store) == text(expected)));
}
