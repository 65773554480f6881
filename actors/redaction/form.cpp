#include "actors/redaction/form.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/percent.hpp"
#include "actors/redaction/plain_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

/// Takes the text up to the first `separator` off `text`, and the separator.
std::string_view take_piece(std::string_view& text, char separator) noexcept {
  const auto end = std::min(text.find(separator), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::optional<redaction_class> class_of_key(std::string_view key, const redaction_policy& policy) {
  return is_percent_encoded(key) ? policy.key(percent_decoded(key)) : policy.key(key);
}

void mask_content(std::string_view text, bool cut, mask_writer& out) {
  if (looks_like_json(text))
    mask_json(text, cut, 1, out);
  else
    mask_text(text, cut, out);
}

/// A value under a key that is not sensitive.
void mask_value(std::string_view value, bool cut, mask_writer& out) {
  const auto encoded = is_percent_encoded(value);
  if (!encoded && !looks_like_json(value))
    return mask_text(value, cut, out);
  if (!out.spend(value))
    return;
  const auto decoded = encoded ? percent_decoded(value) : std::string{value};
  auto uncounted = redaction_stats{};
  auto inner = mask_writer{decoded, out.policy(), uncounted, out.work_left()};
  mask_content(decoded, cut, inner);
  if (inner.is_changed())
    out.mask(value, inner.first().value_or(redaction_class::secret));
}

/// What is between two '&'.
void mask_pairs(std::string_view text, bool cut, mask_writer& out) {
  while (!text.empty()) {
    const auto equals = text.find_first_of("=;");
    if (equals == std::string_view::npos)
      return mask_value(text, cut, out);
    if (text[equals] == ';') {
      mask_value(take_piece(text, ';'), false, out);
      continue;
    }
    const auto key = text.substr(0, equals);
    const auto kind = class_of_key(key, out.policy());
    text.remove_prefix(equals + 1);
    if (kind)
      return out.mask(text, *kind);
    const auto value = take_piece(text, ';');
    if (is_numbering(value) && names_number(key))
      continue;
    mask_value(value, cut && text.empty(), out);
  }
}

void mask_parameter(std::string_view text, mask_writer& out) {
  const auto equals = text.find('=');
  const auto kind =
      equals == std::string_view::npos ? std::nullopt : class_of_key(text.substr(0, equals), out.policy());
  if (kind)
    out.mask(text.substr(equals + 1), *kind);
  else
    mask_patterns(text, false, out);
}

/// The segments of a path that were passed.
struct passed_segments {
  std::string_view third_last;
  std::string_view second_last;
  std::string_view last;

  void pass(std::string_view segment) noexcept {
    third_last = std::exchange(second_last, std::exchange(last, segment));
  }
};

/// Whether `segment` is the secret of a webhook, which has no form of its own: Slack's /services/T.../B.../SECRET,
/// Discord's /webhooks/ID/SECRET.
bool is_webhook_secret(const passed_segments& before, std::string_view segment) noexcept {
  constexpr auto size_min = std::size_t{16};
  if (segment.size() < size_min || !std::ranges::all_of(segment, is_base64url))
    return false;
  const auto slack =
      before.third_last == "services" && before.second_last.starts_with('T') && before.last.starts_with('B');
  return slack || (before.second_last == "webhooks" && std::ranges::all_of(before.last, is_digit));
}

} // namespace

void mask_form(std::string_view text, bool cut, mask_writer& out) {
  while (!text.empty() && !out.is_removed()) {
    const auto piece = take_piece(text, '&');
    mask_pairs(piece, cut && text.empty(), out);
  }
}

void mask_path(std::string_view path, mask_writer& out) {
  auto before = passed_segments{};
  while (!path.empty()) {
    auto segment = take_piece(path, '/');
    const auto name = take_piece(segment, ';');
    if (is_webhook_secret(before, name))
      out.mask(name, redaction_class::provider);
    else
      mask_patterns(name, false, out);
    before.pass(name);
    while (!segment.empty())
      mask_parameter(take_piece(segment, ';'), out);
  }
}

} // namespace cleartap::masking
