#include "actors/redaction/encoding.hpp"

#include <catch2/catch_test_macros.hpp>
#include <random>

using namespace cleartap::masking;

namespace {

/// What `text` says, unit by unit.
std::string read_by_units(std::string_view text, const encoding& how) {
  auto out = std::string{};
  while (!text.empty()) {
    const auto unit = how.read(text);
    out.append(unit.bytes.data(), unit.count);
    text.remove_prefix(unit.size);
  }
  return out;
}

constexpr auto encodings = {&json_escapes,   &percent_escapes, &form_escapes, &entities,
                            &doubled_quotes, &as_it_is,        &utf16_little, &utf16_big};

} // namespace

TEST_CASE("a text is decoded as its units say, whatever its size and wherever they stand") {
  constexpr auto pieces = std::to_array<std::string_view>({"a",
                                                           "plain words, more than sixteen bytes",
                                                           "\\n",
                                                           "\\\"",
                                                           "\\\\",
                                                           "\\u00e9",
                                                           "\\ud83d\\ude00",
                                                           "\\ud83d",
                                                           "\\u00",
                                                           "\\x",
                                                           "\\",
                                                           "%41",
                                                           "%4",
                                                           "%",
                                                           "+",
                                                           "&amp;",
                                                           "&#x70;",
                                                           "&#1114111;",
                                                           "&lt",
                                                           "&",
                                                           "\"\"",
                                                           "\"",
                                                           "\xff\xfe",
                                                           "\xe2"});
  auto random = std::mt19937{7};
  for (auto run = 0; run < 3000; ++run) {
    auto text = std::string{};
    const auto size = random() % 1200;
    while (text.size() < size)
      text += random() % 4 == 0 ? std::string(random() % 40, '.') : std::string{pieces[random() % pieces.size()]};
    text.resize(size);
    for (const auto* how : encodings)
      REQUIRE(decoded(text, *how) == read_by_units(text, *how));
  }
}
