#include "actors/redaction/text_keys.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/name_list.hpp"

namespace cleartap::masking {

namespace {

constexpr auto name_reach_max = std::size_t{256}; // bytes from a name to its value

/// Of these more decides than the name and the word before it: what is before both, a tag, the next line.
constexpr auto names_of_a_place = name_list_of({"code", "content", "is", "key", "name", "signature", "value"});

std::string_view query_value(std::string_view text, std::size_t begin) noexcept {
  auto end = begin;
  while (end < text.size() && !is_space(text[end]) && !is_one_of(text[end], "&#\"'<>\\"))
    ++end;
  return text.substr(begin, end - begin);
}

} // namespace

std::optional<redaction_class> text_keys::class_of(std::size_t at, const text_key& key) {
  if (at < named_end_ && named_kind_ && equal_any_case(key.name, "value"))
    return named_kind_;
  if (const auto kind = names_.class_of(key.name))
    return kind;
  if (is_one_of(key.lead, "?&") && equal_any_case(key.name, "signature"))
    return redaction_class::secret; // of a URL that is as good as a password
  if (key.name == "code" && is_one_of(key.lead, "?&") && codes_.hold(key.name, query_value(text_, at + 1)))
    return redaction_class::authorization;
  if (text_[at] == ':' && equal_any_case(key.name, "is") && !key.before.empty())
    return names_.class_of(key.before);
  const auto kind = class_with_word_before(key);
  if (!kind && !key.quoted && !names_of_a_place.has(key.name))
    harmless_->add(key.whole());
  return kind;
}

/// Of a key whose name alone has none.
std::optional<redaction_class> text_keys::class_with_word_before(const text_key& key) {
  if (key.before.empty() || (names_.class_of(key.before) && !follows_secret(key.name)))
    return std::nullopt; // "password reset: done"
  return names_.class_of(key.whole());
}

void text_keys::note(std::size_t at, const text_key& key) {
  if (!equal_any_case(key.name, "name") && !equal_any_case(key.name, "key"))
    return;
  auto value = text_.substr(at + 1, text_key_size_max);
  value = trimmed(value.substr(0, value.find_first_of("\r\n,;")));
  while (!value.empty() && is_quote(value[0]))
    value = value.substr(1, value.size() - 2);
  named_kind_ = value.find(' ') == std::string_view::npos ? names_.class_of(value) : std::nullopt;
  named_end_ = at + name_reach_max;
}

} // namespace cleartap::masking
