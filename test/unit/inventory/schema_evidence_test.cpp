#include "actors/inventory/schema_evidence.hpp"

#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

std::string nested_arrays(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') + "1" + std::string(static_cast<std::size_t>(levels), ']');
}

/// An object of `count` objects p0, p1, ... of `count` numbers each.
std::string square_object(int count) {
  auto out = std::string{"{"};
  for (auto i = 0; i < count; ++i) {
    out += (i ? ",\"p" : "\"p") + std::to_string(i) + "\":{";
    for (auto j = 0; j < count; ++j)
      out += (j ? ",\"q" : "\"q") + std::to_string(j) + "\":1";
    out += "}";
  }
  return out + "}";
}

std::size_t nodes_of(const schema_evidence& evidence) {
  auto sum = std::size_t{1};
  if (evidence.items)
    sum += nodes_of(*evidence.items);
  if (evidence.object) {
    for (const auto& [name, property] : evidence.object->properties.entries())
      sum += nodes_of(property);
  }
  return sum;
}

} // namespace

TEST_CASE("each JSON type has its name") {
  CHECK(schema_of({}) == R"({})");
  CHECK(schema_of({"1"}) == R"({"type":"integer"})");
  CHECK(schema_of({"1.0"}) == R"({"type":"number"})");
  CHECK(schema_of({"true"}) == R"({"type":"boolean"})");
  CHECK(schema_of({"null"}) == R"({"type":"null"})");
  CHECK(schema_of({"\"x\""}) == R"({"type":"string"})");
  CHECK(schema_of({"{}"}) == R"({"type":"object"})");
  CHECK(schema_of({"[]"}) == R"({"type":"array"})");
}

TEST_CASE("several types are listed in a fixed order") {
  CHECK(schema_of({"null", "\"x\""}) == R"({"type":["string","null"]})");
  CHECK(schema_of({"true", "1", "\"x\"", "[]", "{}", "null"}) ==
        R"({"type":["object","array","string","integer","boolean","null"]})");
  CHECK(schema_of({"1", "2.5"}) == R"({"type":"number"})");
}

TEST_CASE("an integer beyond 64 bits is a number") {
  CHECK(schema_of({"9223372036854775807", "-9223372036854775808"}) == R"({"type":"integer"})");
  CHECK(schema_of({"9223372036854775808"}) == R"({"type":"number"})");
  CHECK(schema_of({"123456789012345678901234567890"}) == R"({"type":"number"})");
}

TEST_CASE("a property is required if every object had it") {
  CHECK(schema_of({R"({"id":1,"name":"a"})", R"({"id":2})"}) ==
        R"({"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]})");
  CHECK(schema_of({R"({"id":1})", "null"}) ==
        R"({"type":["object","null"],"properties":{"id":{"type":"integer"}},"required":["id"]})");
  CHECK(schema_of({R"({"id":1})", "{}"}) == R"({"type":"object","properties":{"id":{"type":"integer"}}})");
}

TEST_CASE("items describe the entries of all arrays") {
  CHECK(schema_of({"[1,null]", "[]", "[\"a\"]"}) == R"({"type":"array","items":{"type":["string","integer","null"]}})");
  CHECK(schema_of({R"([{"a":1},{"a":2,"b":1}])"}) ==
        R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},)"
        R"("required":["a"]}})");
}

TEST_CASE("a format is told if all strings have it") {
  CHECK(schema_of({"\"2024-05-01\"", "\"2024-05-02\""}) == R"({"type":"string","format":"date"})");
  CHECK(schema_of({"\"2024-05-01\"", "null"}) == R"({"type":["string","null"],"format":"date"})");
  CHECK(schema_of({"\"2024-05-01\"", "\"2024-05-01T00:00:00Z\""}) == R"({"type":"string"})");
  CHECK(schema_of({"\"2024-05-01\"", "\"\""}) == R"({"type":"string"})");
}

TEST_CASE("a redacted value does not spoil the format") {
  CHECK(schema_of({"\"a@example.org\"", "\"[REDACTED:custom]\""}) ==
        R"({"type":"string","format":"email","x-cleartap-redacted":["custom"]})");
  CHECK(schema_of({"\"[REDACTED:card]\"", "\"[REDACTED:ssn]\""}) ==
        R"({"type":"string","x-cleartap-redacted":["card","ssn"]})");
  CHECK(schema_of({"\"x\"", "\"[REDACTED:custom]\""}) == R"({"type":"string","x-cleartap-redacted":["custom"]})");
}

TEST_CASE("a redaction class can be a format") {
  CHECK(schema_of({"\"[REDACTED:email]\""}) == R"({"type":"string","format":"email","x-cleartap-redacted":["email"]})");
  CHECK(schema_of({"\"[REDACTED:password]\""}) ==
        R"({"type":"string","format":"password","x-cleartap-redacted":["password"]})");
  CHECK(schema_of({"\"me: [REDACTED:email]\""}) == R"({"type":"string","x-cleartap-redacted":["email"]})");
}

TEST_CASE("what is nested too deeply is counted") {
  const auto limits = schema_limits{.depth_max = 2, .properties_max = 8};
  CHECK(schema_of({nested_arrays(2)}, limits) ==
        R"({"type":"array","items":{"type":"array","items":{"type":"integer"}}})");
  CHECK(schema_of({nested_arrays(30)}, limits) ==
        R"({"type":"array","items":{"type":"array","items":{"type":"array","x-cleartap-cut":1}}})");
  CHECK(schema_of({R"([[{"a":1}]])", "[[{}]]"}, limits) ==
        R"({"type":"array","items":{"type":"array","items":{"type":"object","x-cleartap-cut":1}}})");
}

TEST_CASE("properties beyond the limit are counted") {
  const auto limits = schema_limits{.depth_max = 16, .properties_max = 2};
  const auto schema = schema_of({R"({"a":1,"b":1,"c":1,"d":1})", R"({"a":1,"e":1})"}, limits);
  CHECK(schema == schema_of({R"({"e":1,"a":1})", R"({"d":1,"c":1,"b":1,"a":1})"}, limits));
  const auto evidence = evidence_of({R"({"a":1,"b":1,"c":1,"d":1})", R"({"a":1,"e":1})"}, limits);
  CHECK(evidence.object->properties.entries().size() == 2);
  CHECK(evidence.object->properties.weight() == 6);
  CHECK(schema.find("x-cleartap-properties-left-out") != std::string::npos);
}

TEST_CASE("the whole tree is bounded, not only each object") {
  const auto wide = evidence_of({square_object(256)});
  CHECK(nodes_of(wide) == 15481); // 1 + 256 + 4096/1 + 4096/2 + ... + 4096/256, at most 256 each
  CHECK(wide.object->properties.left_out() == 0);
  CHECK(nodes_of(evidence_of({square_object(40)})) == 1 + 40 + 40 * 40);
}

TEST_CASE("a wide tree does not depend on the order of its values") {
  const auto first = square_object(200);
  const auto second = R"({"new":{"q1":1,"q2":{"deep":true}},"p3":{"other":1}})";
  CHECK(schema_of({first, second}) == schema_of({second, first}));
}

TEST_CASE("names of properties may be anything that JSON allows") {
  CHECK(schema_of({R"({"":1,"a\u0000b":2,"\u20ac{}":3})"}) ==
        R"({"type":"object","properties":{"":{"type":"integer"},"a\u0000b":{"type":"integer"},)"
        "\"\xe2\x82\xac{}\":{\"type\":\"integer\"}},\"required\":[\"\",\"a\\u0000b\",\"\xe2\x82\xac{}\"]}");
}

TEST_CASE("a name twice in one object counts once") {
  CHECK(schema_of({R"({"a":1,"a":"x"})", R"({})"}) == R"({"type":"object","properties":{"a":{"type":"string"}}})");
}

TEST_CASE("text takes the narrowest type of all its values") {
  auto schema = [](std::initializer_list<std::string_view> values) {
    auto evidence = schema_evidence{};
    for (auto value : values)
      learn_text(evidence, value);
    return boost::json::serialize(text_schema(evidence));
  };
  CHECK(schema({"1", "2"}) == R"({"type":"integer"})");
  CHECK(schema({"1", "2.5"}) == R"({"type":"number"})");
  CHECK(schema({"true", "false"}) == R"({"type":"boolean"})");
  CHECK(schema({"true", "1"}) == R"({"type":"string"})");
  CHECK(schema({"90210", "01234"}) == R"({"type":"string"})");
  CHECK(schema({"2024-05-01"}) == R"({"type":"string","format":"date"})");
  CHECK(schema({"2024-05-01", "7"}) == R"({"type":"string"})");
  CHECK(schema({"7", "[REDACTED:card]"}) == R"({"type":"integer","x-cleartap-redacted":["card"]})");
  CHECK(schema({"[REDACTED:token]"}) == R"({"type":"string","x-cleartap-redacted":["token"]})");
}
