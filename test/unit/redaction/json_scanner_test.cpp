#include "actors/redaction/ascii.hpp"
#include "actors/redaction/json_scanner.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <string>

using namespace cleartap::masking;

namespace {

/// A string, byte for byte.
struct plain_reading {
  std::size_t end = 0; // of the content
  std::size_t digits = 0;
  bool closed = false;
  bool escaped = false;
  bool key = false;
  bool dash = false;
  bool contact = false;
  bool hidden = false;
};

plain_reading read_slowly(std::string_view text, std::size_t at) {
  auto out = plain_reading{};
  auto end = at + 1;
  for (; end < text.size() && text[end] != text[at]; ++end) {
    const auto c = text[end];
    out.digits += is_digit(c) ? 1 : 0;
    out.key |= is_one_of(c, ":<=J%&");
    out.dash |= c == '-';
    out.contact |= c == '@';
    out.escaped |= c == '\\';
    out.hidden |= c == '\\' && (end + 1 >= text.size() || !is_one_of(text[end + 1], "\"\\bfnrt"));
    end += c == '\\' ? 1 : 0;
  }
  out.closed = end < text.size();
  out.end = std::min(end, text.size());
  return out;
}

bool has_long_word(std::string_view text, std::string_view joints) {
  auto size = std::size_t{0};
  for (auto c : text) {
    size = is_alnum(c) || is_one_of(c, joints) ? size + 1 : 0;
    if (size == provider_word_min)
      return true;
  }
  return false;
}

void check_marks(const string_marks& marks, const plain_reading& slow, std::string_view content) {
  if (marks.hidden)
    return;
  REQUIRE(marks.digits == slow.digits);
  REQUIRE(marks.key == slow.key);
  REQUIRE(marks.dash == slow.dash);
  REQUIRE(marks.contact == slow.contact);
  REQUIRE(marks.word == has_long_word(content, "-_./+"));
  REQUIRE(marks.run == has_long_word(content, "-_+/"));
}

void check(std::string_view text, json_scanner& scanner, std::size_t at) {
  const auto slow = read_slowly(text, at);
  const auto simple = scanner.read_simple(at);
  const auto found = scanner.read_string(at);
  const auto marks = marks_of(found);
  REQUIRE(found.content == text.substr(at + 1, slow.end - at - 1));
  REQUIRE(found.closed == slow.closed);
  REQUIRE(found.end == slow.end + (slow.closed ? 1 : 0));
  REQUIRE(found.escaped == slow.escaped);
  REQUIRE(marks.hidden == slow.hidden);
  check_marks(marks, slow, found.content);
  const auto other_quote = text[at] == '"' ? '\'' : '"';
  const auto is_simple = found.closed && !found.escaped && found.content.find(other_quote) == std::string_view::npos;
  REQUIRE(simple.end == (is_simple ? found.end : at));
  if (is_simple)
    REQUIRE(simple.noticed == found.noticed);
}

} // namespace

TEST_CASE("strings of every size at every place are read as byte by byte") {
  for (auto place = std::size_t{0}; place < block_size + 2; ++place) {
    for (auto size = std::size_t{0}; size < 3 * block_size; ++size) {
      const auto text = std::string(place, ' ') + '"' + std::string(size, 'a') + "\",";
      auto scanner = json_scanner{text};
      check(text, scanner, place);
    }
  }
}

TEST_CASE("what is in strings is noticed wherever it is, escaped and cut ones among them") {
  constexpr auto pieces = std::string_view{R"("""\'aaaa bbb 0:=<J-@+(._x,%&/)"};
  auto random = std::mt19937_64{13};
  for (auto round = 0; round < 20'000; ++round) {
    auto text = std::string(1 + random() % (4 * block_size), ' ');
    for (auto& each : text)
      each = pieces[random() % (round % 4 == 0 ? pieces.size() : 16)];
    auto scanner = json_scanner{text};
    for (auto at = text.find_first_of("\"'"); at < text.size();) {
      check(text, scanner, at);
      const auto behind = scanner.read_string(at).end + (random() % 8 == 0 ? random() % block_size * 2 : 0);
      at = behind < text.size() ? text.find_first_of("\"'", behind) : behind;
    }
  }
}

TEST_CASE("what may be an e-mail address is noticed, and a '+' before digits that may be a phone number") {
  CHECK(json_scanner{R"("joe@shop")"}.read_simple(0).noticed);
  const auto may_hold_contact = [](std::string_view text) {
    const auto string = json_scanner{text}.read_string(0);
    return marks_of(string).may_hold_contact(string);
  };
  CHECK(may_hold_contact(R"("joe@shop")"));
  CHECK(may_hold_contact(R"("+1 234567")"));
  CHECK(!may_hold_contact(R"("+123456")"));
  CHECK(!may_hold_contact(R"("1234567")"));
}

TEST_CASE("every string is noticed if that is asked for") {
  const auto text = std::string{R"("plain words", "a")"};
  CHECK_FALSE(json_scanner{text}.read_simple(0).noticed);
  CHECK(json_scanner{text, true}.read_simple(0).noticed);
  CHECK(json_scanner{text, true}.read_simple(15).noticed);
}

TEST_CASE("what may be base64 is noticed with each of its signs") {
  for (const auto* run : {"abc+efghijkl", "abc/efghijkl", "abc-efghijkl", "abc_efghijkl", "abcdefghijkl"}) {
    const auto text = '"' + std::string{run} + '"';
    CHECK(json_scanner{text}.read_simple(0).noticed);
  }
}
