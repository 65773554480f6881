#include "actors/redaction/json_value.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/base64.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/plain_text.hpp"
#include "actors/redaction/providers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

constexpr auto cut_digits_min = std::size_t{4};

/// Bytes of a URL without a query, but the 'J' of a token.
enum url_byte : std::uint8_t { no_url, of_word, of_number, between };

constexpr auto url_bytes = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i) {
    const auto c = static_cast<char>(i);
    if (is_digit(c))
      table[i] = of_number;
    else if ((is_alnum(c) && c != 'J') || is_one_of(c, "-._"))
      table[i] = of_word;
    else if (is_one_of(c, "/~"))
      table[i] = between;
  }
  return table;
}();

} // namespace

bool is_json_literal(std::string_view token) noexcept {
  constexpr auto literals =
      std::to_array<std::string_view>({"true", "false", "null", "NaN", "Infinity", "-Infinity", "undefined"});
  return std::ranges::any_of(literals, [token](std::string_view literal) { return literal.starts_with(token); });
}

bool is_timestamp(std::string_view text) noexcept {
  constexpr auto fraction_max = std::size_t{9};
  if (text.size() < 19 || text[16] != ':' || !is_digit(text[17]) || !is_digit(text[18]))
    return false;
  const auto lane = vector_lane::load(text.data()); // "dddd-dd-ddTdd:dd"; bit 0 is the first byte
  if (lane.within('0', '9').bits() != 0b1101'1011'0110'1111 || lane.is('-').bits() != 0b0000'0000'1001'0000 ||
      (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
    return false;
  text.remove_prefix(19);
  if (text.starts_with('.')) {
    auto size = std::size_t{1};
    while (size < text.size() && size <= fraction_max && is_digit(text[size]))
      ++size;
    text.remove_prefix(size);
  }
  if (text.empty() || text == "Z")
    return true;
  return text.size() == 6 && is_one_of(text[0], "+-") && is_digit(text[1]) && is_digit(text[2]) && text[3] == ':' &&
         is_digit(text[4]) && is_digit(text[5]);
}

bool is_plain_url(std::string_view text) noexcept {
  constexpr auto size_max = std::size_t{128};
  constexpr auto digits_max = std::size_t{6}; // a phone number has more
  if (!text.starts_with("http") || text.size() > size_max)
    return false;
  const auto scheme = std::size_t{text.substr(4).starts_with('s') ? 5u : 4u};
  if (!text.substr(scheme).starts_with("://"))
    return false;
  auto digits = std::size_t{0};
  auto word = std::size_t{0};
  auto longest = std::size_t{0};
  for (auto c : text.substr(scheme + 3)) {
    const auto byte = url_bytes[index_of(c)];
    if (byte == no_url)
      return false;
    digits += byte == of_number ? 1 : 0;
    word = byte == between ? 0 : word + 1;
    longest = std::max(longest, word);
  }
  return digits <= digits_max && (longest < provider_word_min || !find_provider(text, 0, false)) &&
         !holds_base64(text, false);
}

void mask_json_value(const json_string& value, const string_marks& marks, mask_writer& out) {
  if (!value.escaped && !looks_like_json(value.content)) // a number in JSON gets quotes, which are to be escaped
    return mask_text(value.content, !value.closed, out, text_kind::any, {marks.word, marks.run || !value.closed});
  mask_layer(value.content, json_escapes, out,
             [&](std::string_view text, mask_writer& inner) { mask_content(text, !value.closed, inner); });
}

void mask_json_number(std::string_view token, std::string_view key, bool cut, mask_writer& out) {
  if (token.size() < (cut ? cut_digits_min : card_digits_min))
    return;
  const auto first = std::size_t{token[0] == '-' ? 1u : 0u};
  if (!is_digit(token[first]))
    return;
  auto number = token.substr(first);
  if (number.ends_with(".0"))
    number.remove_suffix(2);
  const auto looks_secret = card_size(token, first) == number.size() || (cut && cut_digits_size(token, first) != 0);
  if (looks_secret && !names_number(key))
    out.mask_quoted(token, redaction_class::card);
}

} // namespace cleartap::masking
