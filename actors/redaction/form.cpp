#include "actors/redaction/form.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/authorization_codes.hpp"
#include "actors/redaction/base64.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/contact_search.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/keyed_value.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/patterns.hpp"
#include "actors/redaction/plain_text.hpp"
#include "actors/redaction/providers.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

/// Takes the text up to the first of `separators` off `text`, and the separator.
std::string_view take_piece(std::string_view& text, std::string_view separators) noexcept {
  const auto end = std::min(text.find_first_of(separators), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

/// Where the brackets that `text` begins with close, or npos.
std::size_t brackets_end(std::string_view text) noexcept {
  auto depth = std::size_t{0};
  auto quoted = false;
  for (auto at = std::size_t{0}; at < text.size(); ++at) {
    if (quoted && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      quoted = !quoted;
    else if (!quoted && is_one_of(text[at], "{["))
      ++depth;
    else if (!quoted && is_one_of(text[at], "}]") && --depth == 0)
      return at + 1;
  }
  return std::string_view::npos;
}

/// Takes what is up to the next '&' off `text`, and the '&'. JSON that is not percent-encoded goes to its end.
std::string_view take_pair(std::string_view& text, mask_writer& out) {
  const auto all = text;
  const auto piece = take_piece(text, "&");
  const auto equals = piece.find('=');
  if (equals == std::string_view::npos || !looks_like_json(piece.substr(equals + 1)) || text.empty())
    return piece;
  const auto value = all.substr(equals + 1);
  if (brackets_end(piece.substr(equals + 1)) != std::string_view::npos || !out.spend(value))
    return piece;
  const auto end = brackets_end(value);
  if (end == std::string_view::npos)
    return piece;
  text = value.substr(end);
  const auto behind = take_piece(text, "&");
  return all.substr(0, equals + 1 + end + behind.size());
}

std::optional<redaction_class> class_of_key(std::string_view key, const redaction_policy& policy) {
  if (equal_any_case(key, "signature")) // of a URL that is as good as a password
    return redaction_class::secret;
  return is_percent_encoded(key) ? policy.key(decoded(key, form_escapes)) : policy.key(key);
}

std::optional<finding> find_in_base64(std::string_view part, bool cut, mask_writer& out) {
  const auto kind = class_of_base64(part, false, cut, out);
  return kind ? std::optional{finding{part, *kind}} : std::nullopt;
}

} // namespace

void mask_patterns(std::string_view text, bool cut, mask_writer& out) {
  auto& harmless = out.policy().harmless().words;
  const auto is_word = !cut && out.level() == 0 && !out.policy().has_own(); // else it may be judged otherwise
  if ((is_word && harmless.knows(text)) || !out.spend(text))
    return;
  auto holds_any = false;
  const auto notes = out.note_count();
  const auto own = own_scope{text, out};
  auto providers = provider_search{text, cut};
  auto base64 = base64_search{text, cut};
  auto contacts = contact_search{text, out};
  auto floor = std::size_t{0};
  for (auto at = std::size_t{0}; at < text.size() && !out.is_removed();) {
    if (at > providers.begin())
      providers.advance(at);
    if (at > base64.begin())
      base64.advance(at);
    auto found = std::optional<finding>{};
    if (at == providers.begin())
      found = providers.found();
    else if (at == base64.begin())
      found = find_in_base64(base64.found(),
                             cut && base64.found().data() + base64.found().size() == text.data() + text.size(), out);
    if (!found && opens_pattern(text[at]))
      found = find_pattern(text, at, cut);
    if (!found)
      found = contacts.find(at, floor);
    at = found ? static_cast<std::size_t>(found->part.data() - text.data()) + found->part.size() : at + 1;
    if (!found)
      continue;
    out.mask(found->part, found->kind);
    floor = at;
    holds_any = true;
  }
  if (is_word && !holds_any && out.note_count() == notes)
    harmless.add(text);
}

namespace {

/// Whether `value` is base64 whose '+' was not percent-encoded, as it should be in a form.
std::optional<redaction_class> class_of_bare_base64(std::string_view value, bool cut, mask_writer& out) {
  const auto run = find_base64(value, 0, cut);
  return run && run->size() == value.size() ? class_of_base64(*run, false, cut, out) : std::nullopt;
}

/// A value under a key that is not sensitive.
void mask_value(std::string_view value, bool cut, mask_writer& out) {
  if (!is_percent_encoded(value))
    return mask_content(value, cut, out);
  if (const auto phone = value[0] == '+' ? find_phone(value, 0) : std::nullopt) { // neither was it in a phone number
    if (out.policy().masks_contact(redaction_class::phone))
      return out.mask(value, redaction_class::phone);
    out.note(phone->part, redaction_class::phone);
  }
  if (value.find('+') != std::string_view::npos)
    if (const auto kind = class_of_bare_base64(value, cut, out))
      return out.mask(value, *kind);
  mask_layer(value, form_escapes, out,
             [cut](std::string_view text, mask_writer& inner) { mask_content(text, cut, inner); });
}

/// What is between two '&'.
void mask_pairs(std::string_view text, bool cut, authorization_codes& codes, mask_writer& out) {
  while (!text.empty()) {
    const auto equals = text.find_first_of("=;");
    if (equals == std::string_view::npos)
      return mask_value(text, cut, out);
    if (text[equals] == ';') {
      mask_value(take_piece(text, ";"), false, out);
      continue;
    }
    const auto key = text.substr(0, equals);
    const auto kind = class_of_key(key, out.policy());
    text.remove_prefix(equals + 1);
    if (kind)
      return out.mask(text, *kind);
    mask_patterns(key, false, out);
    const auto value = take_piece(text, looks_like_json(text) ? "" : ";"); // in JSON it parts nothing
    if (codes.hold(key, value)) {
      out.mask(value, redaction_class::authorization);
      continue;
    }
    if (is_numbering(value) && names_number(key) && !out.policy().holds_own(value))
      continue;
    mask_value(value, cut && text.empty(), out);
  }
}

/// What is not under a sensitive key.
void mask_piece(std::string_view text, mask_writer& out) {
  if (text.find('%') == std::string_view::npos)
    return mask_patterns(text, false, out);
  mask_layer(text, percent_escapes, out, [](std::string_view decoded, mask_writer& inner) {
    if (looks_like_json(decoded))
      mask_json(decoded, false, inner);
    else
      mask_text(decoded, false, inner, text_kind::word);
  });
}

void mask_parameter(std::string_view text, mask_writer& out) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    return mask_piece(text, out);
  const auto value = text.substr(equals + 1);
  if (const auto kind = class_of_key(text.substr(0, equals), out.policy()))
    out.mask(value, *kind);
  else if (!is_numbering(value) || !names_number(text.substr(0, equals)))
    mask_piece(text, out);
}

/// The pieces of a path that were passed.
struct passed_segments {
  std::string_view third_last;
  std::string_view second_last;
  std::string_view last;
  bool behind_scheme = false; // "https:" and an empty segment: the next one may hold user information

  void pass(std::string_view segment, std::string_view name) noexcept {
    behind_scheme = segment.empty() && opens_scheme_;
    opens_scheme_ = segment.ends_with(':');
    third_last = std::exchange(second_last, std::exchange(last, name));
  }

private:
  bool opens_scheme_ = false;
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

/// User information of a URL that is a part of the path: "/proxy/https://ann:hunter2@db.example/x".
std::string_view userinfo_of(const passed_segments& before, std::string_view segment) noexcept {
  if (!before.behind_scheme)
    return {};
  const auto at = segment.rfind('@');
  const auto userinfo = segment.substr(0, at == std::string_view::npos ? 0 : at);
  return is_user(userinfo) ? std::string_view{} : userinfo;
}

/// Whether `segment` is given out like the secret that the one before it names: "/reset-password/9f86d081884c7d65". A
/// list of them ("tokens") is followed by an id.
std::optional<redaction_class> class_of_segment(std::string_view before, std::string_view segment,
                                                const redaction_policy& policy) {
  constexpr auto size_min = std::size_t{16};
  constexpr auto digits_min = 3;
  if (segment.size() < size_min || before.ends_with('s') || !std::ranges::all_of(segment, is_base64url))
    return std::nullopt;
  const auto has_letter = !std::ranges::all_of(segment, is_digit);
  const auto is_random = has_letter && std::ranges::count_if(segment, is_digit) >= digits_min;
  return is_random ? policy.key(before) : std::nullopt;
}

void mask_segment(std::string_view segment, const passed_segments& before, mask_writer& out) {
  const auto userinfo = userinfo_of(before, segment);
  if (is_webhook_secret(before, segment))
    return out.mask(segment, redaction_class::provider);
  if (const auto kind = class_of_segment(before.last, segment, out.policy()))
    return out.mask(segment, *kind);
  out.mask(userinfo, redaction_class::url);
  if (!is_numbering(segment) || !names_number(before.last))
    mask_parameter(segment.substr(userinfo.size()), out);
}

} // namespace

void mask_form(std::string_view text, bool cut, mask_writer& out) {
  auto codes = authorization_codes{text};
  while (!text.empty() && !out.is_removed()) {
    const auto piece = take_pair(text, out);
    mask_pairs(piece, cut && text.empty(), codes, out);
  }
}

void mask_path(std::string_view path, mask_writer& out) {
  auto before = passed_segments{};
  while (!path.empty() && !out.is_removed()) {
    const auto segment = take_piece(path, "/");
    auto rest = segment;
    const auto name = take_piece(rest, ";");
    mask_segment(name, before, out);
    before.pass(segment, name);
    while (!rest.empty())
      mask_parameter(take_piece(rest, ";"), out);
  }
}

} // namespace cleartap::masking
