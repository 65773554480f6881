#include "actors/redaction/json_text.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/json_scanner.hpp"
#include "actors/redaction/json_string.hpp"
#include "actors/redaction/json_value.hpp"
#include "actors/redaction/name_memory.hpp"
#include "actors/redaction/plain_text.hpp"
#include "actors/redaction/providers.hpp"

#include <array>
#include <optional>
#include <utility>

namespace cleartap::masking {

namespace {

constexpr auto byte_order_mark = std::string_view{"\xef\xbb\xbf"};

enum token_part : std::uint8_t {
  ends_token = 1,
  numeric = 2 // of a number
};

constexpr auto token_parts = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto c : std::string_view{" \t\r\n{}[],:\""})
    table[index_of(c)] = ends_token;
  for (auto c : std::string_view{"0123456789.-+eE"})
    table[index_of(c)] = numeric;
  return table;
}();

/// A token without quotes.
struct bare_token {
  std::string_view text;
  bool is_numeric = true;
};

bare_token read_token(std::string_view text, std::size_t at) noexcept {
  auto end = at;
  auto common = unsigned{numeric};
  for (; end < text.size(); ++end) {
    const auto part = token_parts[index_of(text[end])];
    if (part == ends_token)
      break;
    common &= part;
  }
  return {text.substr(at, end - at), common != 0};
}

/// A key of the array-of-pairs form: {"name": "password", "value": "hunter2"}.
bool is_naming_key(std::string_view key) noexcept {
  switch (key.size()) {
  case 3:
    return equal_any_case(key, "key");
  case 4:
    return equal_any_case(key, "name");
  default:
    return equal_any_case(key, "field");
  }
}

/// The other key of that form.
bool is_value_key(std::string_view key) noexcept { return equal_any_case(key, "value"); }

/// A value that says no more than yes, no or nothing.
bool is_plain_literal(std::string_view token) noexcept {
  return token == "true" || token == "false" || token == "null";
}

class json_pass {
public:
  json_pass(std::string_view text, bool cut, std::size_t level, mask_writer& out) noexcept
      : text_{text}, scanner_{text, out.policy().contacts().any()}, cut_{cut}, level_{level}, out_{out} {}

  /// Returns what is left at the first token that cannot be JSON. (Where it is, is no member: it stays in a register.)
  std::string_view run() {
    auto at = std::size_t{0};
    while (at < text_.size()) {
      auto next = skip(at);
      if (next == at)
        next = step(at);
      if (next == at || out_.is_removed())
        break;
      at = next;
    }
    return text_.substr(at);
  }

private:
  /// Goes behind what cannot matter: a name that is known to be harmless, a plain string that nothing awaits, and what
  /// parts values. Most tokens are of these. Returns `at` if there is something else.
  std::size_t skip(std::size_t at) noexcept {
    if (is_space(text_[at]))
      return behind_spaces(at);
    if (text_[at] == ',') {
      pending_.reset();
      return at + 1;
    }
    const auto end = text_[at] == '"' ? scanner_.plain_end(at) : at;
    if (end == at || end == text_.size())
      return at;
    const auto content = text_.substr(at + 1, end - at - 2);
    if (text_[end] == ':')
      return take_harmless(content) ? end + 1 : at;
    const auto ends_value = text_[end] == ',' || text_[end] == ']' || text_[end] == '}';
    if (!ends_value || pending_ || masked_depth_ > 0)
      return at;
    if (std::exchange(names_value_, false))
      set_name(content, false);
    return end;
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
    const auto c = text_[at];
    switch (c) {
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
    case ',':
      pending_.reset();
      return at + 1;
    case ':':
    case ' ':
    case '\t':
    case '\n':
    case '\r':
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
    if (pending_ && masked_depth_ == 0) {
      masked_depth_ = depth_;
      masked_kind_ = *pending_;
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
        on_key(string);
    } else if (!string.is_plain() || is_value_awaited()) {
      on_string_value(string);
    }
    return value;
  }

  /// Whether the value that follows matters because of what is before it.
  bool is_value_awaited() const noexcept { return pending_.has_value() || names_value_ || masked_depth_ > 0; }

  std::size_t behind_spaces(std::size_t at) const noexcept {
    while (at < text_.size() && is_space(text_[at]))
      ++at;
    return at;
  }

  /// Where the text goes on behind the ':' that follows at `at`; `at` if none does.
  std::size_t behind_colon(std::size_t at) const noexcept {
    const auto found = behind_spaces(at);
    return found < text_.size() && text_[found] == ':' ? found + 1 : at;
  }

  void on_key(const json_string& key) {
    key_ = key.content;
    if (key.escaped)
      set_key(json_unescaped(key.content));
    else
      set_key(key.content);
    if (!search(key, marks_of(key), false) && !pending_ && !key.escaped && !is_value_key(key.content))
      harmless_.add(key.content, names_value_);
  }

  /// Masks the secrets in `string`; returns whether it had to be looked at. `cut`: it goes on behind its end.
  bool search(const json_string& string, const string_marks& marks, bool cut) {
    const auto suspicious = marks.may_hold_secret(string, cut) ||
                            (out_.policy().contacts().any() && marks.may_hold_contact()) ||
                            (marks.word && find_provider(string.content, 0, cut));
    if (suspicious)
      mask_json_value(string, marks.word, level_, out_);
    return suspicious;
  }

  void set_key(std::string_view key) {
    pending_ = out_.policy().key(key);
    if (!pending_ && named_depth_ == depth_ && depth_ > 0 && is_value_key(key))
      pending_ = name_escaped_ ? out_.policy().key(json_unescaped(name_)) : out_.policy().key(name_);
    names_value_ = is_naming_key(key);
  }

  std::optional<redaction_class> take_kind() noexcept {
    const auto kind = std::exchange(pending_, std::nullopt);
    return masked_depth_ > 0 ? masked_kind_ : kind;
  }

  void on_string_value(const json_string& value) {
    const auto names_value = std::exchange(names_value_, false);
    if (const auto kind = take_kind())
      return out_.mask(value.content, *kind);
    if (names_value)
      set_name(value.content, value.escaped);
    if (value.closed && !value.escaped && is_harmless(value.content))
      return;
    const auto cut = !value.closed || cut_;
    const auto marks = marks_of(value);
    if (marks.may_hold_number() && is_numbering(value.content) && names_number(key_))
      return;
    search(value, marks, cut);
  }

  /// Values that are common and would each be looked at because of a ':'.
  bool is_harmless(std::string_view value) const noexcept {
    return (!out_.policy().has_extra_keys() && is_timestamp(value)) || is_plain_url(value);
  }

  /// It is judged when a value comes: most have none.
  void set_name(std::string_view name, bool escaped) noexcept {
    name_ = name;
    name_escaped_ = escaped;
    named_depth_ = depth_;
  }

  /// A token without quotes: a number, a literal, a key of JSON5 or the end of JSON.
  std::size_t on_bare(std::size_t at) {
    const auto [token, is_numeric] = read_token(text_, at);
    const auto end = at + token.size();
    const auto value = depth_ > 0 ? behind_colon(end) : end;
    if (value != end) {
      key_ = token;
      set_key(token);
      return value;
    }
    names_value_ = false;
    if (const auto kind = take_kind()) {
      if (!is_plain_literal(token))
        out_.mask_quoted(token, *kind);
      return end;
    }
    if (is_numeric)
      mask_json_number(token, key_, cut_ && end == text_.size(), out_);
    else if (!is_json_literal(token))
      return at;
    return end;
  }

  std::string_view text_;
  json_scanner scanner_;
  name_memory harmless_;
  bool cut_;
  std::size_t level_;
  mask_writer& out_;
  std::size_t depth_ = 0;

  std::optional<redaction_class> pending_; // of the value that follows
  std::size_t masked_depth_ = 0;           // of the container whose scalars are all masked; 0: none
  redaction_class masked_kind_ = redaction_class::custom;
  std::string_view key_;        // the last one, as written: that of a value, or of the list it is in
  bool names_value_ = false;    // the value that follows names the one under "value"
  std::size_t named_depth_ = 0; // of the object whose "value" is named by name_; 0: none
  std::string_view name_;
  bool name_escaped_ = false;
};

} // namespace

bool looks_like_json(std::string_view text) noexcept {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[');
}

void mask_json(std::string_view text, bool cut, std::size_t level, mask_writer& out) {
  if (!out.spend(text))
    return;
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto rest = json_pass{text, cut, level, out}.run();
  if (!rest.empty() && !out.is_removed())
    mask_text(rest, cut, out);
}

} // namespace cleartap::masking
