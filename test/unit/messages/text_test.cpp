#include "messages/text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::string_literals;

TEST_CASE("well-formed UTF-8 stays as it is") {
  CHECK(well_formed_utf8("") == "");
  CHECK(well_formed_utf8("/users/{id}") == "/users/{id}");
  CHECK(well_formed_utf8("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80") == "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80");
  CHECK(well_formed_utf8("a\0b"s) == "a\0b"s);
}

TEST_CASE("the first and last code points of every length stay as they are") {
  for (const auto* text : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(well_formed_utf8(text) == text);
}

TEST_CASE("bytes that start nothing are replaced one by one") {
  CHECK(well_formed_utf8("a\x80\xBF\xFF z") == "a\uFFFD\uFFFD\uFFFD z");
  CHECK(well_formed_utf8("\xC0\xAF") == "\uFFFD\uFFFD");                     // overlong '/'
  CHECK(well_formed_utf8("\xE0\x80\xAF") == "\uFFFD\uFFFD\uFFFD");           // the same in three bytes
  CHECK(well_formed_utf8("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");           // a surrogate
  CHECK(well_formed_utf8("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD"); // above U+10FFFF
}

TEST_CASE("the example of the Unicode standard for maximal subparts holds") {
  // Unicode 15, table 3-11
  CHECK(well_formed_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == "\uFFFD\uFFFD\uFFFD\uFFFD\x41");
}

TEST_CASE("a sequence cut off at the end is replaced once") {
  CHECK(well_formed_utf8("a\xC3") == "a\uFFFD");
  CHECK(well_formed_utf8("a\xE2\x82") == "a\uFFFD");
  CHECK(well_formed_utf8("a\xF0\x9F\x98") == "a\uFFFD");
}
TEST_CASE("times are RFC 3339 with milliseconds, whatever the year") {
  using namespace std::chrono;
  CHECK(rfc3339(wall_time{milliseconds{1714564800250}}) == "2024-05-01T12:00:00.250Z");
  CHECK(rfc3339(wall_time{nanoseconds{-1}}) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339(wall_time::max()) == "2262-04-11T23:47:16.854Z");
  CHECK(rfc3339(wall_time::min()) == "1677-09-21T00:12:43.145Z");
}

TEST_CASE("UTF-8 is checked in full") {
  for (const auto* text : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(text));
  for (const auto* text : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc3\x28", "a\xff"})
    CHECK_FALSE(is_utf8(text));
  CHECK(is_utf8(std::string_view{"a\0b", 3}));
}

TEST_CASE("base64 pads to groups of four") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}
