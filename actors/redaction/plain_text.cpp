#include "actors/redaction/plain_text.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/base64.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/contact_search.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/keyed_value.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/markup.hpp"
#include "actors/redaction/patterns.hpp"
#include "actors/redaction/phrase.hpp"
#include "actors/redaction/providers.hpp"
#include "actors/redaction/sql_row.hpp"
#include "actors/redaction/text_keys.hpp"
#include "actors/redaction/text_signs.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

enum class sign : std::uint8_t { none, separator, markup, pattern, encoded, quote };

constexpr auto signs = [] {
  auto table = std::array<sign, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i)
    if (opens_pattern(static_cast<char>(i)) || opens_contact(static_cast<char>(i)))
      table[i] = sign::pattern;
  table[':'] = table['='] = sign::separator;
  table['<'] = sign::markup;
  table['\''] = table['"'] = sign::quote;
  table['%'] = table['&'] = table['\\'] = sign::encoded;
  return table;
}();

constexpr auto short_text_max = 2 * block_size; // of a text that is looked through for long words first

class text_pass {
public:
  text_pass(std::string_view text, bool cut, text_kind kind, text_words words, mask_writer& out) noexcept
      : text_{text}
      , cut_{cut}
      , kind_{kind}
      , out_{out}
      , keys_{text, out.policy()}
      , signs_{text, cut}
      , providers_{words.provider && text.size() >= provider_word_min ? provider_search{text, cut}
                                                                      : provider_search{text}}
      , base64_{words.base64 ? base64_search{text, cut} : base64_search{text}}
      , row_{text, out.policy()}
      , contacts_{text, out} {}

  void run() {
    update_stop();
    at_ = std::min(signs_.next(0), stop_);
    while (at_ < text_.size() && !out_.is_removed()) {
      if (at_ < stop_)
        step();
      else
        on_stop();
      if (at_ < stop_)
        at_ = std::min(signs_.next(at_), stop_);
    }
  }

private:
  void on_stop() {
    if (at_ >= element_begin_)
      mask_element();
    else if (at_ >= row_.begin())
      on_row_item();
    else if (at_ >= providers_.begin())
      on_provider();
    else
      on_base64();
    update_stop();
  }

  void update_stop() noexcept { stop_ = std::min({element_begin_, row_.begin(), providers_.begin(), base64_.begin()}); }

  void step() {
    switch (signs[index_of(text_[at_])]) {
    case sign::none:
      ++at_;
      return;
    case sign::separator:
      return on_separator();
    case sign::markup:
      return on_markup();
    case sign::pattern:
      return on_pattern();
    case sign::encoded:
      return on_encoded();
    case sign::quote:
      return on_quote();
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

  /// A run that holds no secret is searched as it stands, too.
  void on_base64() {
    if (at_ != base64_.begin())
      return base64_.advance(at_);
    const auto part = base64_.found();
    const auto end = at_ + part.size();
    const auto basic = at_ > 5 && equal_any_case(text_.substr(at_ - 6, 6), "basic ");
    if (const auto kind = class_of_base64(part, basic, cut_ && end == text_.size(), out_))
      mask(part, *kind);
    base64_.advance(end);
  }

  void on_encoded() {
    const auto rest = text_.substr(at_);
    if (rest[0] == '%' && opens_percent(rest) && !opens_track(rest))
      on_layer(within(" \t\r\n\"'<>"), percent_escapes, text_kind::word);
    else if (rest[0] == '&' && opens_entity(rest))
      on_layer(within(at_ < tag_end_ ? "\"'<>" : "<>"), entities, text_kind::any);
    else if (rest.starts_with("\\u") && opens_code_unit(rest))
      on_layer(within(" \t\r\n\"'<>"), json_escapes, text_kind::any);
    else
      ++at_;
  }

  /// The text around at_ that reaches to one of `ends` on both sides.
  std::string_view within(std::string_view ends) const noexcept {
    const auto before = text_.substr(floor_, at_ - floor_).find_last_of(ends);
    const auto begin = before == std::string_view::npos ? floor_ : floor_ + before + 1;
    const auto end = std::min(text_.find_first_of(ends, at_), text_.size());
    return text_.substr(begin, end - begin);
  }

  void on_layer(std::string_view part, const encoding& how, text_kind kind) {
    const auto end = static_cast<std::size_t>(part.data() - text_.data()) + part.size();
    const auto cut = cut_ && end == text_.size();
    mask_layer(part, how, out_, [&](std::string_view text, mask_writer& inner) {
      if (looks_like_json(text))
        mask_json(text, cut, inner);
      else
        mask_text(text, cut, inner, kind);
      if (inner.is_changed())
        floor_ = end;
    });
    at_ = end;
  }

  /// A literal behind "PASSWORD" or "IDENTIFIED BY".
  void on_quote() {
    const auto found = literal_at(text_, at_);
    const auto kind = found ? keys_.names().class_of(found->name) : std::nullopt;
    if (kind && !found->value.empty())
      return mask(found->value, *kind);
    ++at_;
  }

  bool on_option() {
    const auto found = option_at(text_, at_);
    const auto kind = found && found->value.data() ? keys_.names().class_of(found->name) : std::nullopt;
    if (!kind || found->value.empty())
      return false;
    mask(found->value, *kind);
    return true;
  }

  void on_row_item() {
    if (at_ == row_.begin())
      mask(row_.part(), row_.kind());
    row_.advance();
  }

  void on_pattern() {
    if (text_[at_] == '-' && on_option())
      return;
    if (text_[at_] == '(') {
      row_.enter(at_);
      update_stop();
    }
    auto found = find_pattern(text_, at_, cut_);
    if (!found)
      found = contacts_.find(at_, floor_);
    if (!found)
      ++at_;
    else if (found->kind == redaction_class::card && is_kept(found->part))
      at_ += found->part.size();
    else
      mask(found->part, found->kind);
  }

  /// Whether the digits of `number` stand under a name that gives numbers: behind a separator, in an element, or right
  /// behind the name, as in "order no. 17" and "/orders/17".
  bool is_kept(std::string_view number) const {
    if (names_number(words_before(text_, at_)))
      return true;
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
    if (text_[at_] == ':') {
      if (scheme_end_size(text_, at_) != 0)
        return on_authority();
      if (on_serialized())
        return;
    }
    if (const auto plain = plain_key_before(text_, at_, floor_); keys_.knows(plain))
      return pass_separator(plain);
    const auto key = key_before(text_, at_, floor_);
    const auto kind = gives_value(text_, at_, key, is_code()) ? class_of(key) : std::nullopt;
    const auto value = kind ? value_after(text_, at_, key, kind_ == text_kind::word) : std::string_view{};
    if (!value.empty() && !(is_code() && is_expression(value)) && !is_keyboard_key(key, value) &&
        !is_harmless(key, value))
      return mask(value, *kind);
    keys_.note(at_, key);
    pass_separator(key.whole());
  }

  void pass_separator(std::string_view key) noexcept {
    ++at_;
    separator_ = at_;
    separator_key_ = key;
  }

  /// The attribute "accesskey" of HTML.
  bool is_keyboard_key(const text_key& key, std::string_view value) const noexcept {
    return at_ < tag_end_ && value.size() == 1 && equal_any_case(key.name, "accesskey");
  }

  bool is_code() const noexcept { return kind_ == text_kind::code || at_ < script_end_; }

  bool on_serialized() {
    const auto found = text_[at_] == ':' ? serialized_at(text_, at_) : std::nullopt;
    const auto kind = found ? keys_.names().class_of(found->name) : std::nullopt;
    if (!kind || found->value.empty())
      return false;
    mask(found->value, *kind);
    return true;
  }

  std::optional<redaction_class> class_of(const text_key& key) {
    if (text_[at_] == ':' && key.in_path)
      return std::nullopt;
    if (at_ < tag_end_ && (equal_any_case(key.name, "value") || equal_any_case(key.name, "content")))
      return tag_kind();
    return keys_.class_of(at_, key);
  }

  void on_authority() {
    const auto userinfo = userinfo_after(text_, at_);
    if (!out_.spend(text_.substr(at_, std::min(text_.size() - at_, authority_size_max))))
      return;
    if (userinfo.empty())
      at_ += scheme_end_size(text_, at_);
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

  /// "Vec<Pin<T>>", which nothing closes.
  bool is_generic(const markup_tag& tag) const noexcept {
    if (at_ == 0 || !(is_alnum(text_[at_ - 1]) || text_[at_ - 1] == '<'))
      return false;
    const auto end = at_ + tag.whole.size();
    return element_content(text_, end, tag.name).size() == text_.size() - end;
  }

  void enter(const markup_tag& tag) {
    const auto end = at_ + tag.whole.size();
    tag_naming_ = tag.naming;
    tag_kind_.reset();
    tag_end_ = end;
    tag_name_ = tag.name;
    if (equal_any_case(tag.name, "script") && tag.has_content)
      script_end_ = std::min(find_any_case(text_, "</script", end), text_.size());
    auto kind = std::exchange(sibling_kind_, std::nullopt);
    if (!kind)
      kind = keys_.names().class_of_plain(tag.name);
    if (!kind && tag.names_content)
      kind = tag_kind();
    if (kind && tag.has_content && !is_generic(tag)) {
      element_begin_ = end;
      element_kind_ = *kind;
      element_name_ = tag.name;
      update_stop();
    } else if (equal_any_case(tag.name, "key") || equal_any_case(tag.name, "name")) {
      const auto content = text_.substr(end, text_key_size_max);
      sibling_kind_ = out_.policy().key(content.substr(0, content.find('<')));
    }
  }

  /// The class of what its attributes say that the tag is; asked for few tags.
  std::optional<redaction_class> tag_kind() {
    if (!tag_naming_.empty())
      tag_kind_ = keys_.names().class_of_plain(std::exchange(tag_naming_, {}));
    return tag_kind_;
  }

  void mask_element() {
    auto content = element_content(text_, at_, element_name_);
    element_begin_ = none;
    if (!cut_ && at_ + content.size() == text_.size()) // without an end tag, as in SGML
      content = content.substr(0, content.find_first_of("<\n"));
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
  text_kind kind_;
  mask_writer& out_;
  text_keys keys_;
  text_signs signs_;
  provider_search providers_;
  base64_search base64_;
  sql_row row_;
  contact_search contacts_;
  std::size_t at_ = 0;
  std::size_t stop_ = 0;  // where the next thing begins that signs_ do not tell
  std::size_t floor_ = 0; // keys begin here or later: what is before is masked

  std::size_t separator_ = 0;      // behind the last one whose value may be shown
  std::string_view separator_key_; // its name

  std::size_t script_end_ = 0;
  std::size_t tags_left_ = tags_factor_max * std::max(text_.size(), tags_size_min);
  std::string_view tag_name_;
  std::size_t tag_end_ = 0;                 // of the tag that at_ is in
  std::string_view tag_naming_;             // if it was not judged
  std::optional<redaction_class> tag_kind_; // of its attribute "value" or "content"
  std::size_t element_begin_ = none;        // where the content of a sensitive element begins
  redaction_class element_kind_ = redaction_class::custom;
  std::string_view element_name_;
  std::optional<redaction_class> sibling_kind_; // of the element behind <key>password</key>
};

} // namespace

void mask_text(std::string_view text, bool cut, mask_writer& out, text_kind kind, text_words words) {
  if (!out.spend(text))
    return;
  if (text.size() <= short_text_max && !holds_long_run(text))
    words = {false, words.base64 && cut};
  const auto own = own_scope{text, out};
  text_pass{text, cut, kind, words, out}.run();
}

} // namespace cleartap::masking
