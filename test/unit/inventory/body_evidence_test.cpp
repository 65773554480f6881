#include "actors/inventory/body_evidence.hpp"

#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

std::string type_of_header(std::string value) { return media_type({{"content-type", std::move(value)}}); }

bodies_by_type learnt(const std::string& type, const std::string& bytes, bool complete = true) {
  auto out = bodies_by_type{};
  learn(out, {{"Content-Type", type}}, body_of(bytes), complete, {});
  return out;
}

/// "bodies learned malformed schema" of the only media type.
std::string summary(const bodies_by_type& bodies) {
  REQUIRE(bodies.entries().size() == 1);
  const auto& body = bodies.entries().begin()->second;
  return std::to_string(body.bodies) + " " + std::to_string(body.learned) + " " + std::to_string(body.malformed) + " " +
         boost::json::serialize(json_schema(body.schema));
}

std::string json_summary(const std::string& bytes) { return summary(learnt("application/json", bytes)); }

} // namespace

TEST_CASE("a media type has one spelling") {
  CHECK(type_of_header("Application/JSON; charset=utf-8") == "application/json");
  CHECK(type_of_header("  text/html ") == "text/html");
  CHECK(type_of_header("application/vnd.api+json;v=1") == "application/vnd.api+json");
}

TEST_CASE("what is no media type is an octet stream") {
  for (const auto* value : {"", "json", "a/b/c", "<b>/x", "a/", "/b", "a b/c", "; charset=x", "a/\xc3\xa9"})
    CHECK(type_of_header(value) == "application/octet-stream");
  CHECK(type_of_header("a/" + std::string(126, 'b')) == "application/octet-stream");
  CHECK(media_type({}) == "application/octet-stream");
}

TEST_CASE("JSON and forms are read, other bodies counted") {
  CHECK(json_summary(R"({"a":1})") ==
        R"(1 1 0 {"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]})");
  CHECK(summary(learnt("application/problem+json", "[]")) == R"(1 1 0 {"type":"array"})");
  CHECK(summary(learnt("text/html", "<html>")) == "1 0 0 {}");
  const auto form = learnt("application/x-www-form-urlencoded", "a=1");
  CHECK(form.entries().begin()->second.fields.entries().size() == 1);
}

TEST_CASE("malformed JSON teaches nothing") {
  for (const auto* bytes : {"{", "{\"a\":1} x", "\"\xff\"", "\"\\ud800\"", "nul", "{\"a\":1,}", "\xef\xbb\xbf{}", " "})
    CHECK(json_summary(bytes) == "1 0 1 {}");
  CHECK(json_summary(std::string{"1\0", 2}) == "1 0 1 {}");
}

TEST_CASE("numbers that no machine number holds do no harm") {
  CHECK(json_summary("[1e400,-1e400,1e-400]") == R"(1 1 0 {"type":"array","items":{"type":"number"}})");
  CHECK(json_summary(std::string(1 << 16, '9')) == R"(1 1 0 {"type":"number"})");
}

TEST_CASE("hostile nesting is refused, nesting up to the limit is read") {
  CHECK(json_summary(std::string(1 << 20, '[')) == "1 0 1 {}");
  CHECK(json_summary(std::string(257, '[') + std::string(257, ']')) == "1 0 1 {}");
  CHECK(json_summary(std::string(200, '[') + std::string(200, ']')).substr(0, 6) == "1 1 0 ");
}

TEST_CASE("a body that is not complete is counted, not read") {
  CHECK(summary(learnt("application/json", "{}", false)) == "1 0 0 {}");
  auto bodies = bodies_by_type{};
  auto cut = body_of("{}");
  cut.truncated = true;
  learn(bodies, {{"content-type", "application/json"}}, cut, true, {});
  CHECK(summary(bodies) == "1 0 0 {}");
}

TEST_CASE("an empty body is no body") { CHECK(learnt("application/json", "").empty()); }

TEST_CASE("a body of which nothing was kept is one") {
  auto bodies = bodies_by_type{};
  learn(bodies, {}, {"", 5000, true}, false, {});
  CHECK(summary(bodies) == "1 0 0 {}");
}

TEST_CASE("media types beyond the limit are counted") {
  auto bodies = bodies_by_type{};
  for (auto i = 0; i < 20; ++i)
    learn(bodies, {{"content-type", "a/t" + std::to_string(i)}}, body_of("x"), true, {});
  CHECK(bodies.entries().size() == 8);
  CHECK(bodies.left_out() == 12);
}

TEST_CASE("a megabyte of different names is bounded") {
  auto bytes = std::string{"{"};
  for (auto i = 0; bytes.size() < (1u << 20); ++i)
    bytes += "\"n" + std::to_string(i) + "\":1,";
  bytes.back() = '}';
  const auto bodies = learnt("application/json", bytes);
  const auto& properties = bodies.entries().begin()->second.schema.object->properties;
  CHECK(properties.entries().size() == 256);
  CHECK(properties.weight() > 80000);
}
