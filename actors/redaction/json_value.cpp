#include "actors/redaction/json_value.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/plain_text.hpp"

#include <algorithm>
#include <array>

namespace cleartap::masking {

namespace {

constexpr auto cut_digits_min = std::size_t{4};

} // namespace

bool is_json_literal(std::string_view token) noexcept {
  constexpr auto literals =
      std::to_array<std::string_view>({"true", "false", "null", "NaN", "Infinity", "-Infinity", "undefined"});
  return std::ranges::any_of(literals, [token](std::string_view literal) { return literal.starts_with(token); });
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
