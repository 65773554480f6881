#include "actors/inventory/evidence_text.hpp"

#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <string>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

std::string sample_text() {
  auto evidence = endpoint_evidence{};
  auto one = with_query(call("POST", "/", 200), "page=1&tag=a&tag=b");
  one = with_request_body(std::move(one), "application/x-www-form-urlencoded", "a=1&b=x");
  one = with_response_body(
      std::move(one), "application/json",
      R"({"id":1,"mail":"[REDACTED:email]","tags":["a"],"o":{"p":[[null]]},"n":18446744073709551615})");
  learn(evidence, one, {});
  learn(evidence, call("POST", "/", 999), {});
  return to_text(evidence);
}

std::string problem_of(std::string_view text) {
  const auto read = endpoint_from_text(text, {});
  return read ? "none" : read.error().text;
}

constexpr auto head = R"({"v":1,"served":1,"first_ns":1,"last_ns":2)";

} // namespace

TEST_CASE("evidence reads back as it was written") {
  const auto text = sample_text();
  const auto read = endpoint_from_text(text, {});
  REQUIRE(read);
  CHECK(to_text(*read) == text);
}

TEST_CASE("counters of 64 bits read back") {
  auto evidence = endpoint_evidence{};
  evidence.called = 0xffffffffffffffff;
  evidence.seen = {wall_time{}, wall_time{}};
  const auto read = endpoint_from_text(to_text(evidence), {});
  REQUIRE(read);
  CHECK(read->called == 0xffffffffffffffff);
}

TEST_CASE("every cut of a row is refused") {
  const auto text = sample_text();
  for (auto size = std::size_t{0}; size < text.size(); ++size)
    CHECK_FALSE(endpoint_from_text(text.substr(0, size), {}));
}

TEST_CASE("a row with wrong bytes never does harm") {
  const auto text = sample_text();
  auto random = std::mt19937{1};
  for (auto round = 0; round < 20000; ++round) {
    auto damaged = text;
    for (auto count = 1 + random() % 3; count > 0; --count)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (const auto read = endpoint_from_text(damaged, {}))
      CHECK(endpoint_from_text(to_text(*read), {}));
  }
}

TEST_CASE("garbage is refused with a reason") {
  CHECK(problem_of("") == "the evidence is not a JSON object");
  CHECK(problem_of("[]") == "the evidence is not a JSON object");
  CHECK(problem_of("{}") == "the evidence has an unknown version");
  CHECK(problem_of(R"({"v":2})") == "the evidence has an unknown version");
  CHECK(problem_of(R"({"v":"1"})") == "the evidence has an unknown version");
  CHECK(problem_of(std::string(1 << 20, '[')) == "the evidence is not a JSON object");
  CHECK(problem_of(R"({"v":1})") == "the evidence is damaged: a time is missing");
  CHECK(problem_of(R"({"v":1,"first_ns":1,"last_ns":2})") == "the evidence is damaged: it was never seen");
  CHECK(problem_of(R"({"v":1,"served":1,"first_ns":2,"last_ns":1})") == "the evidence is damaged: it was never seen");
}

TEST_CASE("damage inside a row is named") {
  auto with = [](std::string rest) { return problem_of(head + rest + "}"); };
  CHECK(with("") == "none");
  CHECK(with(R"(,"called":-1)") == "the evidence is damaged: a counter is not a count");
  CHECK(with(R"(,"called":1.5)") == "the evidence is damaged: a counter is not a count");
  CHECK(with(R"(,"query":7)") == "the evidence is damaged: a group is not an object");
  CHECK(with(R"(,"query":{"of":{"":{}}})") == "the evidence is damaged: a name cannot have been observed");
  CHECK(with(R"(,"requests":{"of":{"<b>":{}}})") == "the evidence is damaged: a name cannot have been observed");
  CHECK(with(R"(,"responses":{"of":{"600":{}}})") == "the evidence is damaged: a name cannot have been observed");
  CHECK(with(R"(,"responses":{"of":{"200":null}})") == "the evidence is damaged: a group is not an object");
}

TEST_CASE("a row that is deeper than today's limit is cut") {
  auto evidence = endpoint_evidence{};
  learn(evidence, with_response_body(call("GET", "/", 200), "application/json", R"({"a":{"b":{"c":1}}})"), {});
  const auto limits = schema_limits{.depth_max = 1, .properties_max = 4};
  const auto read = endpoint_from_text(to_text(evidence), limits);
  REQUIRE(read);
  auto direct = endpoint_evidence{};
  learn(direct, with_response_body(call("GET", "/", 200), "application/json", R"({"a":{"b":{"c":1}}})"), limits);
  CHECK(to_text(*read) == to_text(direct));
}

TEST_CASE("a row that is wider than today's limits is thinned") {
  auto evidence = endpoint_evidence{};
  learn(evidence, with_response_body(call("GET", "/", 200), "application/json", R"({"a":1,"b":1,"c":1})"), {});
  const auto limits = schema_limits{.depth_max = 4, .properties_max = 2};
  const auto read = endpoint_from_text(to_text(evidence), limits);
  REQUIRE(read);
  auto direct = endpoint_evidence{};
  learn(direct, with_response_body(call("GET", "/", 200), "application/json", R"({"a":1,"b":1,"c":1})"), limits);
  CHECK(to_text(*read) == to_text(direct));
}

TEST_CASE("the deepest body reads back") {
  const auto limits = schema_limits{.depth_max = 1000, .properties_max = 4};
  auto bytes = std::string{};
  for (auto i = 0; i < 127; ++i)
    bytes += "[{\"a\":";
  bytes += "1";
  for (auto i = 0; i < 127; ++i)
    bytes += "}]";
  auto evidence = endpoint_evidence{};
  learn(evidence, with_response_body(call("GET", "/", 200), "application/json", bytes), limits);
  const auto read = endpoint_from_text(to_text(evidence), limits);
  REQUIRE(read);
  CHECK((to_text(*read) == to_text(evidence)));
}

TEST_CASE("the count of what was left out reads back") {
  CHECK(left_out_to_text(7) == R"({"v":1,"left_out":7})");
  CHECK(*left_out_from_text(R"({"v":1,"left_out":7})") == 7);
  CHECK_FALSE(left_out_from_text(R"({"v":1,"left_out":-7})"));
  CHECK_FALSE(left_out_from_text("7"));
}
