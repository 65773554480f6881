#include "actors/redaction/plain_name.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/key_rule.hpp"

#include <algorithm>

namespace cleartap::masking {

namespace {

constexpr auto words_checked_min = std::size_t{4}; // names of more words than that must have longer ones
constexpr auto consonants_max = std::size_t{8};    // in a row

bool is_letter(char c) noexcept { return is_alnum(c) || index_of(c) >= 0x80; }

/// Signs that open names ("@type", "$ref", "#text") or part their words.
bool has_name_signs(std::string_view text) noexcept {
  if (is_one_of(text[0], "@$#"))
    text.remove_prefix(1);
  return std::ranges::all_of(text, [](char c) { return is_letter(c) || is_one_of(c, "_-.: []"); });
}

bool has_few_digits(std::string_view text) noexcept {
  auto all = std::size_t{0};
  auto run = std::size_t{0};
  for (const auto c : text) {
    run = is_digit(c) ? run + 1 : 0;
    all += is_digit(c) ? 1 : 0;
    if (run > plain_digit_run_max || all > plain_digits_max)
      return false;
  }
  return true;
}

bool is_vowel(char c) noexcept { return is_one_of(to_lower(c), "aeiouy") || index_of(c) >= 0x80; }

/// Random letters have short words, in mixed case, or hardly a vowel.
bool has_words(std::string_view text) noexcept {
  folded_key key;
  fold(text, key);
  auto words = std::size_t{0};
  auto word = std::size_t{0};
  auto consonants = std::size_t{0};
  for (auto i = std::size_t{0}; i < key.size; ++i) {
    words += key.starts[i] ? 1 : 0;
    word = key.starts[i] ? 1 : word + 1;
    consonants = key.starts[i] || is_vowel(key.text[i]) ? 0 : consonants + 1;
    if (word > plain_word_max || consonants > consonants_max)
      return false;
  }
  return words <= words_checked_min || key.size >= words * 2;
}

} // namespace

bool is_plain_name(std::string_view text) noexcept {
  const auto is_alphabetic = [](char c) { return is_letter(c) && !is_digit(c); };
  return !text.empty() && text.size() <= plain_name_max && std::ranges::any_of(text, is_alphabetic) &&
         has_name_signs(text) && has_few_digits(text) && has_words(text);
}

} // namespace cleartap::masking
