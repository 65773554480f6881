#include "actors/redaction/contacts.hpp"
#include "actors/redaction/patterns.hpp"
#include "actors/redaction/phrase.hpp"
#include "actors/redaction/text_signs.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <string>
#include <vector>

using namespace cleartap::masking;

namespace {

bool matters(std::string_view text, std::size_t at, bool cut) {
  if (is_one_of(text[at], ":=<%&\\("))
    return true;
  if ((text[at] == '-' && option_at(text, at)) || (is_one_of(text[at], "\"'") && literal_at(text, at)))
    return true;
  return (opens_pattern(text[at]) && find_pattern(text, at, cut).has_value()) ||
         (opens_contact(text[at]) && find_contact(text, at, 0).has_value());
}

} // namespace

TEST_CASE("no place is passed where something is found, wherever it is in the text") {
  const auto pieces = std::vector<std::string>{"a",
                                               " ",
                                               "the old way ",
                                               ":",
                                               "=",
                                               "<b>",
                                               "4111111111111111",
                                               "219-09-9999",
                                               "4111 1111 1111 1111",
                                               "12",
                                               "7",
                                               "-",
                                               "joe@shop.test",
                                               "+1 212 555 0123",
                                               "(212) 555-0123",
                                               "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln",
                                               "J",
                                               "--",
                                               "--password",
                                               "-p x",
                                               "`-u a:b",
                                               "PASSWORD ",
                                               "'x'",
                                               "\"",
                                               "\t",
                                               "%41",
                                               "&amp;",
                                               "\\u0041",
                                               "-----BEGIN PRIVATE KEY-----",
                                               "\n"};
  auto random = std::mt19937_64{14};
  for (auto round = 0; round < 3'000; ++round) {
    auto text = std::string(random() % block_size, 'a');
    for (auto left = random() % 16; left > 0; --left)
      text += pieces[random() % pieces.size()];
    const auto cut = round % 2 == 0;
    auto signs = text_signs{text, cut};
    auto next = signs.next(0);
    for (auto at = std::size_t{0}; at < text.size(); ++at) {
      if (next < at)
        next = signs.next(at);
      if (matters(text, at, cut))
        REQUIRE(next == at);
    }
  }
}

TEST_CASE("text without signs is passed at once") {
  const auto text = std::string(5 * block_size + 3, 'a');
  CHECK(text_signs{text, false}.next(0) == text.size());
  CHECK(text_signs{text, true}.next(text.size()) == text.size());
  CHECK(text_signs{"12 and 7", false}.next(0) == 8);
  CHECK(text_signs{"12 and 7", true}.next(1) == 7);
}
