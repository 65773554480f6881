// A policy remembers what it found to be harmless. That must change nothing that it masks.
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <random>

using namespace cleartap;

namespace {

std::string redacted_by(const redaction_policy& policy, exchange what) {
  auto stats = redaction_stats{};
  redact(what, policy, stats);
  auto out = what.request->method + what.request->host + sample::shown(what);
  for (const auto& each : what.findings)
    out += each.kind + " in " + each.place + "\n";
  return out;
}

template <class Choices>
std::string one_of(const Choices& choices, std::mt19937_64& random) {
  return std::string{choices[random() % choices.size()]};
}

constexpr auto keys =
    std::to_array<std::string_view>({"id", "name", "input_token", "limit_key", "value", "password", "key", "rawHeaders",
                                     "created_at", "order_id", "tags", "a_name_that_is_as_long_as_can_be"});
constexpr auto values = std::to_array<std::string_view>(
    {R"("hunter22")", R"("password")", R"("Authorization")", "4111111111111111", "12.5", "true",
     R"("2026-11-23T08:25:11Z")", R"(["password","hunter22"])", R"([["password","hunter22"]])",
     R"({"token":1,"x":"219-09-9999"})", R"("it's")", R"("ann@shop.test")", "nul"});

constexpr auto header_names = std::to_array<std::string_view>(
    {"Accept", "Authorization", "Cookie", "Host", "X-Order-Id", "X-Api-Key", "Content-Length", "X-4111111111111111"});
constexpr auto words = std::to_array<std::string_view>({"users", "4111111111111111", "219-09-9999", "gzip",
                                                        "token=hunter22", "a=b", "hunter22", "joe:hunter22@shop.test",
                                                        "ann@shop.test", "+12125550123", "cGFzc3dvcmQ9aHVudGVyMjI="});

/// A list of objects, two of them of the same shape.
std::string next_body(std::mt19937_64& random) {
  auto text = std::string{"["};
  const auto first = random();
  for (auto item = 0; item < 3; ++item) {
    text += item > 0 ? ",{" : "{";
    for (auto i = std::size_t{0}; i < 4; ++i) {
      const auto& key = keys[(first + i * (item < 2 ? 1 : random())) % keys.size()];
      text +=
          (i > 0 ? ",\"" : "\"") + std::string{key} + (random() % 8 == 0 ? "\" : " : "\":") + one_of(values, random);
    }
    text += '}';
  }
  return text += ']';
}

} // namespace

TEST_CASE("what a policy remembers changes nothing that it masks") {
  auto random = std::mt19937_64{22};
  const auto warm = redaction_policy{};
  for (auto round = 0; round < 3000; ++round) {
    auto what = sample::with_body("application/json", next_body(random));
    auto& request = *what.request;
    request.method = one_of(words, random);
    request.host = one_of(words, random);
    request.path = "/" + one_of(words, random) + "/" + one_of(words, random);
    request.query = one_of(header_names, random) + "=" + one_of(words, random);
    for (auto i = 0; i < 4; ++i)
      request.headers.emplace_back(one_of(header_names, random), one_of(words, random));
    CAPTURE(sample::shown(what));
    REQUIRE(redacted_by(warm, what) == redacted_by(redaction_policy{}, what));
  }
}
