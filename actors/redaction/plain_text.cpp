#include "actors/redaction/plain_text.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/json_string.hpp"
#include "actors/redaction/keyed_value.hpp"
#include "actors/redaction/markup.hpp"
#include "actors/redaction/patterns.hpp"
#include "actors/redaction/percent.hpp"
#include "actors/redaction/providers.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

enum class sign : std::uint8_t { none, separator, markup, pattern };

constexpr auto signs = [] {
  auto table = std::array<sign, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i)
    if (opens_pattern(static_cast<char>(i)))
      table[i] = sign::pattern;
  table[':'] = table['='] = sign::separator;
  table['<'] = sign::markup;
  return table;
}();

class text_pass {
public:
  text_pass(std::string_view text, bool cut, mask_writer& out) noexcept
      : text_{text}, cut_{cut}, out_{out}, providers_{text, cut} {}

  void run() {
    while (at_ < text_.size() && !out_.is_removed()) {
      if (at_ >= element_begin_)
        mask_element();
      else if (at_ >= providers_.begin())
        on_provider();
      else
        step();
    }
  }

private:
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
    const auto found = find_pattern(text_, at_, cut_);
    if (found)
      mask(found->part, found->kind);
    else
      ++at_;
  }

  void on_separator() {
    if (text_.substr(at_).starts_with("://"))
      return on_authority();
    const auto key = key_before(text_, at_, floor_);
    const auto kind = class_of(key);
    const auto value = kind ? value_after(text_, at_, key) : std::string_view{};
    if (value.empty())
      ++at_;
    else
      mask(value, *kind);
  }

  std::optional<redaction_class> class_of(const text_key& key) const {
    if (text_[at_] == ':' && key.in_path)
      return std::nullopt;
    if (at_ < tag_end_ && (equal_any_case(key.name, "value") || equal_any_case(key.name, "content")))
      return tag_kind_;
    if (const auto kind = class_of_name(key.name))
      return kind;
    if (key.before.empty() || class_of_name(key.before))
      return std::nullopt;
    const auto both = key.name.data() + key.name.size() - key.before.data();
    return class_of_name({key.before.data(), static_cast<std::size_t>(both)});
  }

  std::optional<redaction_class> class_of_name(std::string_view name) const {
    if (name.find('\\') != std::string_view::npos)
      return out_.policy().key(json_unescaped(name));
    if (name.find('%') != std::string_view::npos)
      return out_.policy().key(percent_decoded(name));
    return out_.policy().key(name);
  }

  void on_authority() {
    const auto userinfo = userinfo_after(text_, at_);
    if (!out_.spend(text_.substr(at_, std::min(text_.size() - at_, authority_size_max))))
      return;
    if (userinfo.empty())
      at_ += 3;
    else
      mask(userinfo, redaction_class::password);
  }

  void on_markup() {
    const auto tag = parse_tag(text_, at_);
    if (tag && out_.spend(tag->whole))
      enter(*tag);
    ++at_;
  }

  void enter(const markup_tag& tag) {
    const auto end = at_ + tag.whole.size();
    tag_kind_ = tag.naming.empty() ? std::nullopt : out_.policy().key(tag.naming);
    tag_end_ = end;
    auto kind = std::exchange(sibling_kind_, std::nullopt);
    if (!kind)
      kind = out_.policy().key(tag.name);
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

  static constexpr auto none = std::numeric_limits<std::size_t>::max();

  std::string_view text_;
  bool cut_;
  mask_writer& out_;
  provider_search providers_;
  std::size_t at_ = 0;
  std::size_t floor_ = 0; // keys begin here or later: what is before is masked

  std::size_t tag_end_ = 0;                 // of the tag that at_ is in
  std::optional<redaction_class> tag_kind_; // of its attribute "value" or "content"
  std::size_t element_begin_ = none;        // where the content of a sensitive element begins
  redaction_class element_kind_ = redaction_class::custom;
  std::string_view element_name_;
  std::optional<redaction_class> sibling_kind_; // of the element behind <key>password</key>
};

} // namespace

void mask_text(std::string_view text, bool cut, mask_writer& out) {
  if (out.spend(text))
    text_pass{text, cut, out}.run();
}

void mask_patterns(std::string_view text, bool cut, mask_writer& out) {
  if (!out.spend(text))
    return;
  auto providers = provider_search{text, cut};
  for (auto at = std::size_t{0}; at < text.size();) {
    if (at > providers.begin())
      providers.advance(at);
    const auto found = at == providers.begin()   ? std::optional{providers.found()}
                       : opens_pattern(text[at]) ? find_pattern(text, at, cut)
                                                 : std::nullopt;
    if (found)
      out.mask(found->part, found->kind);
    at = found ? static_cast<std::size_t>(found->part.data() - text.data()) + found->part.size() : at + 1;
  }
}

} // namespace cleartap::masking
