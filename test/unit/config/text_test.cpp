#include "config/text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::string_literals;

TEST_CASE("text of one to four bytes a character is printable") {
  CHECK(!find_unprintable(""));
  CHECK(!find_unprintable("a\tb\r\n"));
  CHECK(!find_unprintable("\u00e9 \u20ac \U0001f512 \U0010ffff"));
  CHECK(!find_unprintable("\ufeff")); // byte order mark
}

TEST_CASE("control characters are found where they are") {
  CHECK(find_unprintable("ab\0c"s) == 2);
  CHECK(find_unprintable("a\x04") == 1);
  CHECK(find_unprintable("\x1b[31m") == 0);
  CHECK(find_unprintable("abc\x7f") == 3);
  CHECK(find_unprintable("a\u009b") == 1); // CSI of a terminal
}

TEST_CASE("bytes that are not UTF-8 are found where they start") {
  CHECK(find_unprintable("ab\x80") == 2);
  CHECK(find_unprintable("\xc0\xaf") == 0);         // overlong
  CHECK(find_unprintable("\xe0\x80\xaf") == 0);     // overlong
  CHECK(find_unprintable("\xf0\x80\x80\xaf") == 0); // overlong
  CHECK(find_unprintable("\xed\xa0\x80") == 0);     // surrogate
  CHECK(find_unprintable("\xf4\x90\x80\x80") == 0); // past U+10FFFF
  CHECK(find_unprintable("\xff") == 0);
}

TEST_CASE("a character that is cut short is found where it starts") {
  CHECK(find_unprintable("a\xc3") == 1);
  CHECK(find_unprintable("a\xe2\x82") == 1);
  CHECK(find_unprintable("a\xf0\x9f\x94") == 1);
  CHECK(find_unprintable("a\xe2\x82z") == 1);
}

TEST_CASE("printable text is shown as it is") {
  CHECK(shown("capture.maxBufferSize") == "capture.maxBufferSize");
  CHECK(shown("Gr\u00f6\u00dfe") == "Gr\u00f6\u00dfe");
}

TEST_CASE("unprintable text is shown escaped") {
  CHECK(shown("a\nb") == "a\\x0ab");
  CHECK(shown("\x1b[31m") == "\\x1b[31m");
  CHECK(shown("\xff\0"s) == "\\xff\\x00");
}

TEST_CASE("long text is shown in part, whole characters only") {
  CHECK(shown(std::string(64, 'a')) == std::string(64, 'a'));
  CHECK(shown(std::string(65, 'a')) == std::string(64, 'a') + "...");
  CHECK(shown(std::string(63, 'a') + "\u00e9") == std::string(63, 'a') + "...");
}
