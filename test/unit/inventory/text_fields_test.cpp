#include "actors/inventory/text_fields.hpp"

#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;

namespace {

text_fields fields_of(std::initializer_list<std::string_view> calls) {
  auto out = text_fields{};
  for (auto one : calls)
    learn(out, one);
  return out;
}

std::string names_of(const text_fields& fields) {
  auto out = std::string{};
  for (const auto* entry : fields.sorted())
    out += entry->first.name + ":" + std::to_string(entry->second.calls) + " ";
  return out;
}

std::string schema_of(const text_fields& fields, std::uint64_t forms) {
  return boost::json::serialize(form_schema(fields, forms));
}

} // namespace

TEST_CASE("a field is counted once per call") {
  CHECK(names_of(fields_of({"a=1&b=2", "a=1&a=2", ""})) == "a:2 b:1 ");
  CHECK(names_of(fields_of({"&&a&=&b=&"})) == "a:1 b:1 ");
}

TEST_CASE("a field that was repeated is an array") {
  auto fields = fields_of({"id=1&x=a&id=2", "id=3&x=b"});
  CHECK(boost::json::serialize(field_schema(*fields.find("id"))) == R"({"type":"array","items":{"type":"integer"}})");
  CHECK(boost::json::serialize(field_schema(*fields.find("x"))) == R"({"type":"string"})");
}

TEST_CASE("names are decoded and must be text") {
  CHECK(names_of(fields_of({"a%20b=1&a+b=2"})) == "a b:1 ");
  const auto odd = fields_of({"%ff=1&=2&" + std::string(257, 'n') + "=3&ok=4"});
  CHECK(names_of(odd) == "ok:1 ");
  CHECK(odd.left_out() == 3);
}

TEST_CASE("fields beyond the limit are counted") {
  auto query = std::string{};
  for (auto i = 0; i < 100; ++i)
    query += "n" + std::to_string(i) + "=1&";
  const auto fields = fields_of({query});
  CHECK(fields.entries().size() == 64);
  CHECK(fields.left_out() == 36);
}

TEST_CASE("of a huge form a limited number of pairs is read") {
  auto form = std::string{};
  for (auto i = 0; i < 100000; ++i)
    form += "a=1&";
  const auto fields = fields_of({form});
  CHECK(names_of(fields) == "a:1 ");
  CHECK(fields.left_out() == 100000 - 1024);
}

TEST_CASE("a form is an object of strings and numbers") {
  CHECK(schema_of(fields_of({"id=1&name=x", "id=2"}), 2) ==
        R"({"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]})");
  CHECK(schema_of(fields_of({""}), 1) == R"({"type":"object"})");
}
