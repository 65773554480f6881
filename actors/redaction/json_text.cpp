#include "actors/redaction/json_text.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/base64.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/common_values.hpp"
#include "actors/redaction/contact_search.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/encoding.hpp"
#include "actors/redaction/json_names.hpp"
#include "actors/redaction/json_scanner.hpp"
#include "actors/redaction/json_token.hpp"
#include "actors/redaction/json_value.hpp"
#include "actors/redaction/plain_text.hpp"
#include "actors/redaction/providers.hpp"

#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

class json_pass {
public:
  json_pass(std::string_view text, bool cut, mask_writer& out) noexcept
      : text_{text}
      , scanner_{text, out.policy().has_own()}
      , harmless_{out.policy().harmless().json}
      , cut_{cut}
      , out_{out} {}

  /// Returns what is left at the first token that cannot be JSON. (Where it is, is no member: it stays in a register.)
  std::string_view run() {
    auto at = std::size_t{0};
    while (at < text_.size()) {
      if (const auto next = skip(at); next != at) {
        at = next;
        continue;
      }
      const auto next = step(at);
      if (next == at || out_.is_removed())
        break;
      at = next;
    }
    return text_.substr(at);
  }

private:
  /// Goes behind what cannot matter: what parts values, and names and values of which most are such. Returns `at` if
  /// there is something else.
  std::size_t skip(std::size_t at) noexcept {
    if (is_space(text_[at]))
      return next_token(text_, at);
    if (text_[at] == ',') {
      pending_.reset();
      return at + 1;
    }
    if (text_[at] != '"' || pending_ || masked_depth_ > 0)
      return at;
    if (!names_value_ && !is_in_pair())
      if (const auto behind = skip_members(at); behind != at)
        return behind;
    const auto [end, noticed] = scanner_.read_simple(at);
    if (end == at || end == text_.size())
      return at;
    const auto content = text_.substr(at + 1, end - at - 2);
    if (text_[end] == ':')
      return take_harmless(content) ? end + 1 : at;
    return is_value_over(end) && (!noticed || is_harmless(content)) && take_plain(content) ? end : at;
  }

  /// Goes over members whose names are known and came in this order before, up to the first value that must be looked
  /// at. Precondition: nothing is awaited.
  std::size_t skip_members(std::size_t at) noexcept {
    while (const auto size = harmless_.guess(text_, at + 1)) {
      key_ = text_.substr(at + 1, size);
      names_value_ = harmless_.mark();
      at += size + 3;
      at += text_[at] == ' ' ? 1 : 0;
      const auto end = plain_value_end(at);
      if (end == at || !is_value_over(end))
        return at;
      if (names_value_ && text_[at] == '"')
        set_name(text_.substr(at + 1, end - at - 2), false);
      names_value_ = false;
      if (text_[end] != ',')
        return end;
      at = next_token(text_, end + 1);
      if (at == text_.size() || text_[at] != '"')
        return at;
    }
    return at;
  }

  std::size_t plain_value_end(std::size_t at) noexcept {
    if (text_[at] == '"') {
      const auto [end, noticed] = scanner_.read_simple(at);
      return end == at || !noticed || is_harmless(text_.substr(at + 1, end - at - 2)) ? end : at;
    }
    return out_.policy().has_own() ? at : plain_token_end(text_, at);
  }

  /// Whether what ends at `end` is a whole value, and no name.
  bool is_value_over(std::size_t end) const noexcept {
    if (end < text_.size() && text_[end] == ',')
      return true;
    const auto next = next_token(text_, end);
    return next < text_.size() && is_one_of(text_[next], ",]}");
  }

  /// Whether the plain string `value`, which ends its member, was only that.
  bool take_plain(std::string_view value) noexcept {
    if (std::exchange(names_value_, false))
      set_name(value, false);
    else if (is_in_pair() || is_in_headers())
      return false;
    return true;
  }

  /// Whether `key` is known to be harmless; then it is the last one.
  bool take_harmless(std::string_view key) noexcept {
    const auto known = harmless_.find(key);
    if (!known.is_known)
      return false;
    key_ = key;
    pending_.reset();
    names_value_ = known.mark;
    return true;
  }

  /// These return where the next token is, or `at` if they cannot go on.
  std::size_t step(std::size_t at) {
    switch (text_[at]) {
    case '{':
    case '[':
      return open(at);
    case '}':
    case ']':
      close();
      return at + 1;
    case '"':
    case '\'':
      return on_string(at);
    case ':':
      return at + 1;
    default:
      return on_bare(at);
    }
  }

  std::size_t open(std::size_t at) {
    if (depth_ == depth_max) {
      out_.remove_from(text_.substr(at), removal::depth);
      return at;
    }
    ++depth_;
    pair_kind_.reset();
    if (text_[at] == '[' && is_in_list(at))
      pair_depth_ = depth_;
    else if (pair_depth_ == depth_)
      pair_depth_ = 0;
    if (pending_ && masked_depth_ == 0) {
      masked_depth_ = depth_;
      masked_kind_ = *pending_;
      masks_schema_ = describes_value(text_.substr(at + 1));
    }
    pending_.reset();
    names_value_ = false;
    return at + 1;
  }

  void close() {
    if (masked_depth_ == depth_)
      masked_depth_ = 0;
    if (named_depth_ == depth_)
      named_depth_ = 0;
    depth_ -= depth_ > 0 ? 1 : 0;
    pending_.reset();
    key_ = {};
  }

  std::size_t on_string(std::size_t at) {
    const auto string = scanner_.read_string(at);
    const auto value = string.closed ? behind_colon(string.end) : string.end;
    if (value != string.end) {
      if (!take_harmless(string.content))
        on_key(string, value);
    } else if (!string.is_plain() || is_value_awaited()) {
      on_string_value(string);
    }
    return value;
  }

  /// Whether the value that follows matters because of what is before it.
  bool is_value_awaited() const noexcept {
    return pending_ || names_value_ || masked_depth_ > 0 || is_in_pair() || is_in_headers();
  }

  bool is_in_pair() const noexcept { return depth_ > 0 && pair_depth_ == depth_; }
  bool is_in_headers() const noexcept { return equal_any_case(key_, "rawHeaders"); }

  /// Whether the bracket at `at` opens an element of a list.
  bool is_in_list(std::size_t at) const noexcept {
    while (at > 0 && is_space(text_[at - 1]))
      --at;
    return at > 0 && is_one_of(text_[at - 1], "[,");
  }

  /// Where the text goes on behind the ':' that follows at `at`; `at` if none does.
  std::size_t behind_colon(std::size_t at) const noexcept {
    const auto found = next_token(text_, at);
    return found < text_.size() && text_[found] == ':' ? found + 1 : at;
  }

  /// `value`: where its value follows.
  void on_key(const json_string& key, std::size_t value) {
    key_ = key.content;
    const auto harmless =
        key.escaped ? set_key(decoded(key.content, json_escapes), value) : set_key(key.content, value);
    const auto is_plain = !search(key, marks_of(key), false) && !key.escaped && !is_in_headers() &&
                          key.content.find('"') == std::string_view::npos;
    if (harmless && is_plain)
      harmless_.add(key.content, names_value_);
  }

  /// Masks the secrets in `string`; returns whether it had to be looked at. `cut`: it goes on behind its end.
  bool search(const json_string& string, const string_marks& marks, bool cut) {
    const auto suspicious =
        marks.may_hold_secret(string, cut) || (marks.word && find_provider(string.content, 0, cut)) ||
        ((marks.run || !string.closed) && holds_base64(string.content, !string.closed)) || may_hold_own(string);
    const auto contacts = marks.may_hold_contact(string);
    if (contacts && !suspicious && !string.escaped)
      mask_contacts(string.content, out_);
    else if (suspicious || contacts)
      mask_json_value(string, marks, out_);
    return suspicious || contacts;
  }

  /// What is escaped is searched when it is decoded.
  bool may_hold_own(const json_string& string) const {
    return out_.policy().has_own() && (string.escaped || out_.policy().holds_own(string.content));
  }

  /// Returns whether the key is harmless wherever it stands.
  bool set_key(std::string_view key, std::size_t value) {
    pending_ = out_.policy().key(key);
    const auto harmless = !pending_ && !is_value_key(key);
    if (!pending_ && depth_ > 0 && is_value_key(key))
      pending_ = class_of_value(value);
    if (pending_ && names_member(key, text_.substr(value)))
      pending_.reset();
    names_value_ = is_naming_key(key);
    return harmless;
  }

  /// Of the name before the value, or of the one that follows it: {"value": "hunter2", "name": "password"}.
  std::optional<redaction_class> class_of_value(std::size_t value) const {
    const auto kind = named_depth_ == depth_ ? class_of(name_, name_escaped_) : std::nullopt;
    if (kind)
      return kind;
    const auto name = find_name(text_.substr(value));
    return name ? class_of(name->content, name->escaped) : std::nullopt;
  }

  std::optional<redaction_class> class_of(std::string_view name, bool escaped) const {
    return escaped ? out_.policy().key(decoded(name, json_escapes)) : out_.policy().key(name);
  }

  std::optional<redaction_class> take_kind() noexcept {
    const auto kind = std::exchange(pending_, std::nullopt);
    if (masked_depth_ == 0)
      return kind;
    return masks_schema_ && is_schema_key(key_) ? std::nullopt : std::optional{masked_kind_};
  }

  void on_string_value(const json_string& value) {
    const auto names_value = std::exchange(names_value_, false);
    if (const auto kind = take_kind())
      return out_.mask(value.content, *kind);
    if (names_value)
      set_name(value.content, value.escaped);
    else if (const auto kind = take_pair_kind(value))
      return out_.mask(value.content, *kind);
    if (value.closed && !value.escaped && is_harmless(value.content))
      return;
    const auto cut = !value.closed || cut_;
    const auto marks = marks_of(value);
    if (marks.may_hold_number() && is_numbering(value.content) && names_number(key_) && !may_hold_own(value))
      return;
    search(value, marks, cut);
  }

  /// Values that are common and would each be searched because of a ':' or their digits. `value`: a part of the text.
  bool is_harmless(std::string_view value) const noexcept {
    const auto& policy = out_.policy();
    if (policy.has_own() || value.empty())
      return false;
    if (value[0] == 'h') {
      const auto begin = static_cast<std::size_t>(value.data() - text_.data());
      return is_plain_url(text_, begin, begin + value.size());
    }
    return (!policy.has_extra_keys() && is_timestamp(value)) || is_uuid(value);
  }

  /// It is judged when a value comes: most have none.
  void set_name(std::string_view name, bool escaped) noexcept {
    name_ = name;
    name_escaped_ = escaped;
    named_depth_ = depth_;
  }

  /// The class of the second element of a pair in a list: [["password", "hunter2"], ["city", "Rome"]], or of one behind
  /// its name in a list of both: {"rawHeaders": ["Authorization", "Basic ..."]}.
  std::optional<redaction_class> take_pair_kind(const json_string& value) {
    const auto in_headers = is_in_headers();
    if (!is_in_pair() && !in_headers)
      return std::nullopt;
    const auto next = next_token(text_, value.end);
    const auto closed = next < text_.size() && text_[next] == ']';
    const auto kind = std::exchange(pair_kind_, std::nullopt);
    if (kind && (in_headers || closed))
      return kind;
    pair_kind_ = class_of(value.content, value.escaped);
    return std::nullopt;
  }

  /// A token without quotes: a number, a literal, a key of JSON5 or the end of JSON.
  std::size_t on_bare(std::size_t at) {
    const auto prefixed = at + 1 < text_.size() && is_one_of(text_[at], "bBuUrR") && is_one_of(text_[at + 1], "'\"");
    if (prefixed) // b'hunter2', of Python
      return at + 1;
    const auto [token, is_numeric] = read_token(text_, at);
    const auto end = at + token.size();
    const auto value = depth_ > 0 ? behind_colon(end) : end;
    if (value != end) {
      key_ = token;
      set_key(token, value);
      for (const auto& own : out_.policy().find_own(token))
        out_.mask(own.part, own.kind);
      return value;
    }
    names_value_ = false;
    if (const auto kind = take_kind()) {
      if (!is_plain_literal(token))
        out_.mask_quoted(token, *kind);
      return end;
    }
    if (!is_numeric && !is_json_literal(token))
      return at;
    if (!out_.policy().has_own() || !mask_own_number(token))
      mask_json_number(token, key_, cut_ && end == text_.size(), out_);
    return end;
  }

  /// Whether the patterns of the configuration match in it.
  bool mask_own_number(std::string_view token) {
    const auto own = out_.policy().find_own(token);
    if (!own.empty())
      out_.mask_quoted(token, own.front().kind);
    return !own.empty();
  }

  std::string_view text_;
  json_scanner scanner_;
  name_memory& harmless_;
  bool cut_;
  mask_writer& out_;
  std::size_t depth_ = 0;

  std::optional<redaction_class> pending_; // of the value that follows
  std::size_t masked_depth_ = 0;           // of the container whose scalars are all masked; 0: none
  redaction_class masked_kind_ = redaction_class::custom;
  bool masks_schema_ = false;   // only what describes no value is masked
  std::string_view key_;        // the last one, as written: that of a value, or of the list it is in
  bool names_value_ = false;    // the value that follows names the one under "value"
  std::size_t named_depth_ = 0; // of the object whose "value" is named by name_; 0: none
  std::string_view name_;
  bool name_escaped_ = false;
  std::size_t pair_depth_ = 0; // of a list that is an element of a list; 0: none
  std::optional<redaction_class> pair_kind_;
};

} // namespace

void mask_json(std::string_view text, bool cut, mask_writer& out) {
  if (!out.spend(text))
    return;
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto rest = json_pass{text, cut, out}.run();
  if (!rest.empty() && !out.is_removed())
    mask_text(rest, cut, out);
}

} // namespace cleartap::masking
