#include "actors/redaction/json_value.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/plain_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace cleartap::masking {

namespace {

enum mark : std::uint8_t {
  digit_mark = 1,
  key_mark = 2,   // what separates keys from values, a tag, and what is encoded
  token_mark = 4, // the 'J' of "eyJ"
  dash_mark = 8,  // of a private key
  contact_mark = 16,
  escape_mark = 32, // this and what is above it may end a string
  quote_mark = 64
};

constexpr auto number_digits_min = std::size_t{9}; // of a social security number
constexpr auto phone_digits_min = std::size_t{7};
constexpr auto cut_digits_min = std::size_t{4};
constexpr auto block_size_min = std::size_t{27}; // of "-----BEGIN PRIVATE KEY-----"

constexpr auto byte_marks = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto c = '0'; c <= '9'; ++c)
    table[index_of(c)] = digit_mark;
  table[':'] = table['='] = table['<'] = table['%'] = table['&'] = key_mark;
  table['J'] = token_mark;
  table['-'] = dash_mark;
  table['@'] = table['+'] = table['('] = contact_mark;
  table['\\'] = escape_mark;
  table['"'] = table['\''] = quote_mark;
  return table;
}();

} // namespace

bool json_string::escaped() const noexcept { return (marks & escape_mark) != 0; }
bool json_string::may_hold_number() const noexcept { return digits >= number_digits_min; }

bool json_string::may_hold_contact() const noexcept {
  return (marks & contact_mark) != 0 || digits >= phone_digits_min;
}

bool json_string::may_hold_secret(bool cut) const noexcept {
  if ((marks & (key_mark | token_mark)) != 0 || may_hold_number() || (cut && digits >= cut_digits_min))
    return true;
  if ((marks & dash_mark) != 0 && content.size() >= block_size_min)
    return true;
  return escaped() && content.find("\\u") != std::string_view::npos;
}

json_string read_json_string(std::string_view text, std::size_t at) noexcept {
  const auto quote = text[at];
  const auto begin = at + 1;
  auto marks = unsigned{0}; // locals: a byte stored in `out` could alias the text
  auto digits = std::size_t{0};
  auto end = begin;
  for (; end < text.size(); ++end) {
    const auto here = byte_marks[index_of(text[end])];
    if (here >= escape_mark) {
      if (text[end] == quote)
        break;
      end += here == escape_mark ? 1 : 0;
    }
    marks |= here;
    digits += here & digit_mark;
  }
  auto out = json_string{};
  out.closed = end < text.size();
  end = std::min(end, text.size());
  out.content = text.substr(begin, end - begin);
  out.end = end + (out.closed ? 1 : 0);
  out.digits = digits;
  out.marks = static_cast<std::uint8_t>(marks);
  return out;
}

bool is_json_scalar(std::string_view token) noexcept {
  constexpr auto literals =
      std::to_array<std::string_view>({"true", "false", "null", "NaN", "Infinity", "-Infinity", "undefined"});
  const auto is_numeric = [](char c) {
    return is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
  };
  return std::ranges::all_of(token, is_numeric) ||
         std::ranges::any_of(literals, [token](std::string_view literal) { return literal.starts_with(token); });
}

void mask_json_value(const json_string& value, mask_writer& out) {
  if (!value.escaped() && !looks_like_json(value.content)) // a number in JSON gets quotes, which are to be escaped
    return mask_text(value.content, !value.closed, out);
  mask_layer(value.content, json_escapes, out,
             [&](std::string_view text, mask_writer& inner) { mask_content(text, !value.closed, inner); });
}

void mask_json_number(std::string_view token, std::string_view key, bool cut, mask_writer& out) {
  if (token.size() < cut_digits_min)
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
