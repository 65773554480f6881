#include "actors/redaction/plain_text.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/contacts.hpp"
#include "actors/redaction/json_string.hpp"
#include "actors/redaction/keyed_value.hpp"
#include "actors/redaction/markup.hpp"
#include "actors/redaction/name_memory.hpp"
#include "actors/redaction/patterns.hpp"
#include "actors/redaction/percent.hpp"
#include "actors/redaction/providers.hpp"
#include "actors/redaction/text_signs.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

/// Whether a word behind a sensitive one names the same secret: "session id", "secret key", "password confirmation".
bool follows_secret(std::string_view word) noexcept {
  constexpr auto words =
      std::to_array<std::string_view>({"id", "confirmation", "key", "code", "number", "value", "hash", "again"});
  return std::ranges::all_of(word, is_digit) ||
         std::ranges::any_of(words, [word](std::string_view other) { return equal_any_case(word, other); });
}

bool has_escapes(std::string_view name) noexcept {
  return std::ranges::any_of(name, [](char c) { return c == '\\' || c == '%'; });
}

class text_pass {
public:
  text_pass(std::string_view text, bool cut, mask_writer& out, bool has_words) noexcept
      : text_{text}
      , cut_{cut}
      , out_{out}
      , signs_{text, cut, out.policy().contacts().any()}
      , providers_{has_words && text.size() >= provider_word_min ? provider_search{text, cut} : provider_search{text}} {
  }

  void run() {
    while (at_ < text_.size() && !out_.is_removed()) {
      if (at_ >= element_begin_)
        mask_element();
      else if (at_ >= providers_.begin())
        on_provider();
      else
        step();
      const auto next = std::max(at_, std::min(element_begin_, providers_.begin()));
      at_ = at_ == next ? next : std::min(signs_.next(at_), next);
    }
  }

private:
  void step() {
    switch (text_[at_]) {
    case ':':
    case '=':
      return on_separator();
    case '<':
      return on_markup();
    default:
      return on_pattern();
    }
  }

  /// Masks `part`, which begins at or behind at_, and goes on behind it.
  void mask(std::string_view part, redaction_class kind) {
    out_.mask(part, kind);
    at_ = static_cast<std::size_t>(part.data() - text_.data()) + part.size();
    floor_ = at_;
  }

  /// Whatever masked the text up to at_ may have passed the token.
  void on_provider() {
    if (at_ == providers_.begin())
      mask(providers_.found().part, redaction_class::provider);
    providers_.advance(at_);
  }

  void on_pattern() {
    auto found = find_pattern(text_, at_, cut_);
    if (!found && out_.policy().contacts().any() && opens_contact(text_[at_]))
      found = find_contact(text_, at_, floor_, out_.policy().contacts());
    if (!found)
      ++at_;
    else if (found->kind == redaction_class::card && is_kept(found->part))
      at_ += found->part.size();
    else
      mask(found->part, found->kind);
  }

  /// Whether the digits of `number` stand under a name that gives numbers, behind a separator or in an element.
  bool is_kept(std::string_view number) const {
    const auto end = at_ + number.size();
    const auto in_element = at_ >= tag_end_ && tag_end_ > separator_;
    const auto begin = in_element ? tag_end_ : separator_;
    if (begin == 0 || begin >= end || end - begin > number_place_max)
      return false;
    auto value = text_.substr(begin, end - begin);
    while (!value.empty() && (is_space(value[0]) || is_quote(value[0]) || is_one_of(value[0], "\\>=:")))
      value.remove_prefix(1);
    if (!is_numbering(value))
      return false;
    return in_element ? names_number(tag_name_) : names_number(separator_key_);
  }

  static constexpr auto number_place_max = std::size_t{96}; // bytes from a name to the end of its number

  void on_separator() {
    if (text_.substr(at_).starts_with("://"))
      return on_authority();
    const auto key = key_before(text_, at_, floor_);
    const auto kind = class_of(key);
    const auto value = kind ? value_after(text_, at_, key) : std::string_view{};
    if (!value.empty())
      return mask(value, *kind);
    ++at_;
    separator_ = at_;
    separator_key_ = whole_name(key);
  }

  std::optional<redaction_class> class_of(const text_key& key) {
    if (text_[at_] == ':' && key.in_path)
      return std::nullopt;
    if (at_ < tag_end_ && (equal_any_case(key.name, "value") || equal_any_case(key.name, "content")))
      return tag_kind_;
    if (const auto kind = class_of_name(key.name))
      return kind;
    if (key.before.empty() || (class_of_name(key.before) && !follows_secret(key.name)))
      return std::nullopt; // "password reset: done"
    return class_of_name(whole_name(key));
  }

  /// The name of a key with the word before it.
  static std::string_view whole_name(const text_key& key) noexcept {
    if (key.before.empty())
      return key.name;
    const auto both = key.name.data() + key.name.size() - key.before.data();
    return {key.before.data(), static_cast<std::size_t>(both)};
  }

  /// A name that may have escapes.
  std::optional<redaction_class> class_of_name(std::string_view name) {
    if (harmless_.knows(name))
      return std::nullopt;
    if (name.find('\\') != std::string_view::npos)
      return out_.policy().key(json_unescaped(name));
    if (name.find('%') != std::string_view::npos)
      return out_.policy().key(percent_decoded(name));
    return judge(name);
  }

  /// A name without escapes, whatever it looks like.
  std::optional<redaction_class> class_of_key(std::string_view name) {
    return harmless_.knows(name) ? std::nullopt : judge(name);
  }

  std::optional<redaction_class> judge(std::string_view name) {
    const auto kind = out_.policy().key(name);
    if (!kind && !has_escapes(name))
      harmless_.add(name);
    return kind;
  }

  void on_authority() {
    const auto userinfo = userinfo_after(text_, at_);
    if (!out_.spend(text_.substr(at_, std::min(text_.size() - at_, authority_size_max))))
      return;
    if (userinfo.empty())
      at_ += 3;
    else
      mask(userinfo, redaction_class::url);
  }

  void on_markup() {
    if (const auto tag = parse_tag(text_, at_)) {
      if (tag->whole.size() > tags_left_)
        return out_.remove_from(tag->whole, removal::work);
      tags_left_ -= tag->whole.size();
      if (out_.spend(tag->whole))
        enter(*tag);
    }
    ++at_;
  }

  void enter(const markup_tag& tag) {
    const auto end = at_ + tag.whole.size();
    tag_kind_ = tag.naming.empty() ? std::nullopt : class_of_key(tag.naming);
    tag_end_ = end;
    tag_name_ = tag.name;
    auto kind = std::exchange(sibling_kind_, std::nullopt);
    if (!kind)
      kind = class_of_key(tag.name);
    if (!kind && tag.names_content)
      kind = tag_kind_;
    if (kind && tag.has_content) {
      element_begin_ = end;
      element_kind_ = *kind;
      element_name_ = tag.name;
    } else if (equal_any_case(tag.name, "key") || equal_any_case(tag.name, "name")) {
      const auto content = text_.substr(end, text_key_size_max);
      sibling_kind_ = out_.policy().key(content.substr(0, content.find('<')));
    }
  }

  void mask_element() {
    const auto content = element_content(text_, at_, element_name_);
    element_begin_ = none;
    if (!out_.spend(content))
      return;
    const auto end = at_ + content.size();
    mask(trimmed(content), element_kind_);
    at_ = end;
  }

  /// A '<' inside of a tag opens another, so that tags may overlap: what all of them may have, by the size of the text.
  static constexpr auto tags_factor_max = std::size_t{8};
  static constexpr auto tags_size_min = std::size_t{4096};

  static constexpr auto none = std::numeric_limits<std::size_t>::max();

  std::string_view text_;
  bool cut_;
  mask_writer& out_;
  text_signs signs_;
  name_memory harmless_;
  provider_search providers_;
  std::size_t at_ = 0;
  std::size_t floor_ = 0; // keys begin here or later: what is before is masked

  std::size_t separator_ = 0;      // behind the last one whose value may be shown
  std::string_view separator_key_; // its name

  std::size_t tags_left_ = tags_factor_max * std::max(text_.size(), tags_size_min);
  std::string_view tag_name_;
  std::size_t tag_end_ = 0;                 // of the tag that at_ is in
  std::optional<redaction_class> tag_kind_; // of its attribute "value" or "content"
  std::size_t element_begin_ = none;        // where the content of a sensitive element begins
  redaction_class element_kind_ = redaction_class::custom;
  std::string_view element_name_;
  std::optional<redaction_class> sibling_kind_; // of the element behind <key>password</key>
};

} // namespace

void mask_text(std::string_view text, bool cut, mask_writer& out, bool has_words) {
  if (out.spend(text))
    text_pass{text, cut, out, has_words}.run();
}

void mask_patterns(std::string_view text, bool cut, mask_writer& out) {
  if (!out.spend(text))
    return;
  const auto contacts = out.policy().contacts();
  auto signs = text_signs{text, cut, contacts.any()};
  auto providers = provider_search{text, cut};
  auto floor = std::size_t{0};
  for (auto at = std::size_t{0};;) {
    if (at > providers.begin())
      providers.advance(at);
    at = std::min(signs.next(at), providers.begin());
    if (at == text.size())
      return;
    auto found = at == providers.begin() ? std::optional{providers.found()} : find_pattern(text, at, cut);
    if (!found && contacts.any() && opens_contact(text[at]))
      found = find_contact(text, at, floor, contacts);
    if (!found) {
      ++at;
      continue;
    }
    out.mask(found->part, found->kind);
    at = floor = static_cast<std::size_t>(found->part.data() - text.data()) + found->part.size();
  }
}

} // namespace cleartap::masking
