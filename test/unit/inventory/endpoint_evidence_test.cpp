#include "actors/inventory/endpoint_evidence.hpp"

#include "actors/inventory/evidence_text.hpp"
#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

constexpr auto tight = schema_limits{.depth_max = 3, .properties_max = 4};

endpoint_evidence learnt(const std::vector<exchange>& exchanges, const schema_limits& limits = {}) {
  auto out = endpoint_evidence{};
  for (const auto& one : exchanges)
    learn(out, one, limits);
  return out;
}

std::string random_json(std::mt19937& random, int depth) {
  const auto leaves = std::vector<std::string>{"1",    "2.5",  "\"x\"", "\"2024-05-01\"",        "null",
                                               "true", "1e99", "{}",    "\"[REDACTED:custom]\"", "[]"};
  if (depth == 0 || random() % 3 == 0)
    return leaves[random() % leaves.size()];
  auto out = std::string{};
  const auto object = random() % 4 > 0;
  for (auto count = random() % 5; count > 0; --count) {
    out += out.empty() ? "" : ",";
    out += object ? "\"p" + std::to_string(random() % 12) + "\":" : "";
    out += random_json(random, depth - 1);
  }
  return object ? "{" + out + "}" : "[" + out + "]";
}

/// Objects of 12 of 100 properties, `depth` levels of them.
std::string wide_json(std::mt19937& random, int depth) {
  if (depth == 0)
    return "1";
  auto out = std::string{};
  for (auto count = 0; count < 12; ++count)
    out += (out.empty() ? "\"p" : ",\"p") + std::to_string(random() % 100) + "\":" + wide_json(random, depth - 1);
  return "{" + out + "}";
}

/// Exchanges that reach every limit.
std::vector<exchange> varied_exchanges(std::mt19937& random) {
  auto out = std::vector<exchange>{};
  for (auto i = 0; i < 200; ++i) {
    auto one = call("POST", "/x", static_cast<std::uint16_t>(random() % 620));
    one.role = random() % 2 ? observer_role::client : observer_role::server;
    one.time += std::chrono::seconds{random() % 1000};
    one.request->query = "q" + std::to_string(random() % 90) + "=" + std::to_string(random() % 9) + "&all=x";
    const auto type = random() % 2 ? "application/json" : "a/t" + std::to_string(random() % 12) + "+json";
    one = with_request_body(std::move(one), type, random_json(random, 5));
    one = with_response_body(std::move(one), "application/json", random_json(random, 5));
    if (random() % 10 == 0)
      one.response.reset();
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace

TEST_CASE("observers, times and statuses are counted") {
  auto first = call("GET", "/", 200);
  auto second = call("GET", "/", 404);
  second.role = observer_role::client;
  second.time += std::chrono::seconds{5};
  auto third = call("GET", "/", 0);
  third.response.reset();
  third.quality = exchange_quality::request_only;
  CHECK(to_text(learnt({second, first, third})) ==
        R"({"v":1,"served":2,"called":1,"first_ns":1000000,"last_ns":5001000000,)"
        R"("responses":{"of":{"0":{"responses":1},"200":{"responses":1},"404":{"responses":1}}}})");
}

TEST_CASE("a status that HTTP does not have is left out") {
  const auto evidence = learnt({call("GET", "/", 0), call("GET", "/", 99), call("GET", "/", 600)});
  CHECK(evidence.responses.empty());
  CHECK(evidence.responses.left_out() == 3);
}

TEST_CASE("only exchanges that are complete teach schemas") {
  for (const auto quality :
       {exchange_quality::truncated_kernel, exchange_quality::truncated_limit, exchange_quality::truncated_gap,
        exchange_quality::body_sampled, exchange_quality::request_only}) {
    auto one = with_request_body(call("POST", "/", 200), "application/json", "{\"a\":1}");
    one.quality = quality;
    const auto evidence = learnt({one});
    REQUIRE(evidence.requests.entries().size() == 1);
    CHECK(evidence.requests.entries().begin()->second.bodies == 1);
    CHECK(evidence.requests.entries().begin()->second.learned == 0);
  }
}

TEST_CASE("the evidence does not depend on the order of the exchanges") {
  auto random = std::mt19937{3};
  auto exchanges = varied_exchanges(random);
  const auto expected = to_text(learnt(exchanges, tight));
  for (auto round = 0; round < 10; ++round) {
    std::ranges::shuffle(exchanges, random);
    CHECK((to_text(learnt(exchanges, tight)) == expected));
  }
}

TEST_CASE("the evidence does not depend on how the exchanges were divided") {
  auto random = std::mt19937{5};
  const auto exchanges = varied_exchanges(random);
  const auto expected = to_text(learnt(exchanges, tight));
  for (auto round = 0; round < 10; ++round) {
    auto parts = std::vector<endpoint_evidence>(5);
    for (const auto& one : exchanges)
      learn(parts[random() % parts.size()], one, tight);
    while (parts.size() > 1) { // any tree of merges
      std::ranges::shuffle(parts, random);
      merge(parts[0], parts.back(), tight);
      parts.pop_back();
    }
    CHECK((to_text(parts[0]) == expected));
  }
}

TEST_CASE("evidence that exceeds the budget of its tree does not depend on order or division") {
  auto random = std::mt19937{13};
  auto exchanges = std::vector<exchange>{};
  for (auto i = 0; i < 60; ++i)
    exchanges.push_back(with_response_body(call("GET", "/", 200), "application/json", wide_json(random, 3)));
  const auto expected = to_text(learnt(exchanges));
  CHECK(expected.find("\"left_out\":") != std::string::npos);
  for (auto round = 0; round < 5; ++round) {
    std::ranges::shuffle(exchanges, random);
    const auto middle = exchanges.begin() + static_cast<std::ptrdiff_t>(random() % exchanges.size());
    auto whole = learnt({exchanges.begin(), middle});
    merge(whole, learnt({middle, exchanges.end()}), {});
    CHECK((to_text(whole) == expected));
  }
}

TEST_CASE("merging with nothing changes nothing") {
  auto random = std::mt19937{9};
  auto evidence = learnt(varied_exchanges(random), tight);
  const auto before = to_text(evidence);
  merge(evidence, {}, tight);
  CHECK((to_text(evidence) == before));
  auto empty = endpoint_evidence{};
  merge(empty, evidence, tight);
  CHECK((to_text(empty) == before));
}

TEST_CASE("counters that are full stay full in a merge") {
  auto evidence = endpoint_evidence{};
  evidence.served = 0xffffffffffffffff;
  merge(evidence, learnt({call("GET", "/", 200)}), {});
  CHECK(evidence.served == 0xffffffffffffffff);
  CHECK(evidence.weight() == 0xffffffffffffffff);
}
