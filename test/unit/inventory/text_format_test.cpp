#include "actors/inventory/text_format.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;

TEST_CASE("RFC 3339 times are told from what resembles them") {
  for (const auto* text : {"2024-05-01T12:00:00Z", "2024-02-29t23:59:60z", "2024-05-01T12:00:00.123456789+05:30",
                           "0001-01-01T00:00:00-23:59"})
    CHECK(format_of(text) == string_format::date_time);
  for (const auto* text :
       {"2024-05-01T12:00:00", "2024-05-01 12:00:00Z", "2023-02-29T12:00:00Z", "2024-05-01T24:00:00Z",
        "2024-05-01T12:60:00Z", "2024-05-01T12:00:61Z", "2024-05-01T12:00:00.Z", "2024-05-01T12:00:00.5",
        "2024-05-01T12:00:00+0530", "2024-05-01T12:00:00+24:00", "2024-05-01T12:00Z", "2024-05-01T1a:00:00Z"})
    CHECK_FALSE(format_of(text));
}

TEST_CASE("dates exist in the calendar") {
  CHECK(format_of("2024-02-29") == string_format::date);
  for (const auto* text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "24-01-01xx", "2024/01/01"})
    CHECK_FALSE(format_of(text));
}

TEST_CASE("UUIDs, addresses and URIs are recognised") {
  CHECK(format_of("3f2b0c1e-9a7d-4c55-8b1a-0123456789AB") == string_format::uuid);
  CHECK(format_of("10.0.255.1") == string_format::ipv4);
  CHECK(format_of("first.last+tag@mail.example.org") == string_format::email);
  CHECK(format_of("https://example.org/a?b=%20#c") == string_format::uri);
  CHECK(format_of("git+ssh://host") == string_format::uri);
}

TEST_CASE("what resembles UUIDs, addresses and URIs has no format") {
  for (const auto* text : {"10.0.256.1",
                           "10.0.1",
                           "10.00.0.1",
                           "10.0.0.0.1",
                           "1.2.3.",
                           "a@b",
                           "@example.org",
                           "a b@example.org",
                           ".a@example.org",
                           "a..b@example.org",
                           "a@example..org",
                           "a@.example.org",
                           "mailto:a",
                           "://x/y/z",
                           "http://",
                           "1a://host",
                           "http://a b",
                           "http://\xc3\xa9",
                           "",
                           "word",
                           "3f2b0c1e-9a7d-4c55-8b1a-0123456789AG"})
    CHECK_FALSE(format_of(text));
  CHECK_FALSE(format_of(std::string_view{"a@b.org\0", 8}));
  CHECK_FALSE(format_of("https://h/" + std::string(2039, 'a')));
  CHECK(format_of("https://h/" + std::string(2038, 'a')) == string_format::uri);
  CHECK_FALSE(format_of(std::string(65, 'a') + "@example.org"));
}

TEST_CASE("text is a number only if JSON would write it so") {
  for (const auto* text : {"0", "42", "-7", "999999999999999999"})
    CHECK(type_of(text) == text_type::integer);
  for (const auto* text : {"0.5", "-3.25", "123456789.1234"})
    CHECK(type_of(text) == text_type::number);
  for (const auto* text : {"true", "false"})
    CHECK(type_of(text) == text_type::boolean);
  for (const auto* text : {"", "-", "007", "-01", "1.", ".5", "1e5", "+1", "1 ", "True", "9999999999999999999", "1.2.3",
                           "0.12345678901234567890", "null"})
    CHECK(type_of(text) == text_type::string);
}

TEST_CASE("a mark of redaction is found with its class") {
  const auto whole = redaction_in("[REDACTED:email]");
  REQUIRE(whole);
  CHECK(redaction_classes[whole->index] == "email");
  CHECK(whole->whole);
  const auto part = redaction_in("https://u:[REDACTED:url]@h/");
  REQUIRE(part);
  CHECK(redaction_classes[part->index] == "url");
  CHECK_FALSE(part->whole);
  for (const auto* text : {"[REDACTED:unheard-of]", "[REDACTED:card", "[REDACTED:", "[REDACTED:]"})
    CHECK(redaction_classes[redaction_in(text).value().index] == "other");
  CHECK_FALSE(redaction_in("[REDACTED:").value().whole);
  CHECK_FALSE(redaction_in("[REDACTED]"));
  CHECK_FALSE(redaction_in(""));
}

TEST_CASE("form encoding is undone") {
  CHECK(decode_form("a+b%20c%2B") == "a b c+");
  CHECK(decode_form("100%") == "100%");
  CHECK(decode_form("%zz%1") == "%zz%1");
  CHECK(decode_form("%00") == std::string(1, '\0'));
}
