#include "actors/redaction/json_text.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/base64.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/encoding.hpp"
#include "actors/redaction/json_value.hpp"
#include "actors/redaction/plain_text.hpp"
#include "actors/redaction/providers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

namespace cleartap::masking {

namespace {

constexpr auto byte_order_mark = std::string_view{"\xef\xbb\xbf"};

/// The bytes that end a token without quotes.
constexpr auto ends_token = [] {
  auto table = std::array<bool, 256>{};
  for (auto c : std::string_view{" \t\r\n{}[],:\""})
    table[index_of(c)] = true;
  return table;
}();

std::size_t token_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && !ends_token[index_of(text[at])])
    ++at;
  return at;
}

bool is_among(std::string_view key, std::span<const std::string_view> keys) noexcept {
  return std::ranges::any_of(keys, [key](std::string_view other) { return equal_any_case(key, other); });
}

/// A key of the array-of-pairs form: {"name": "password", "value": "hunter2"}.
bool is_naming_key(std::string_view key) noexcept {
  constexpr auto keys = std::to_array<std::string_view>(
      {"name", "key", "field", "header", "headerName", "param", "parameter", "property", "variable", "attribute", "k"});
  return key.size() < 11 && is_among(key, keys);
}

bool is_value_key(std::string_view key) noexcept {
  constexpr auto keys = std::to_array<std::string_view>({"value", "values", "val", "v", "content"});
  return key.size() < 8 && is_among(key, keys);
}

/// A value that says no more than yes, no or nothing.
bool is_plain_literal(std::string_view token) noexcept {
  return token == "true" || token == "false" || token == "null";
}

std::size_t next_token(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at]))
    ++at;
  return at;
}

constexpr auto name_reach_max = std::size_t{256};   // bytes from a value to its name
constexpr auto schema_reach_max = std::size_t{512}; // bytes of an object that tell whether it is a schema

/// The string that the object that `text` goes on with has under the first key that is `wanted`.
template <class Wanted>
std::optional<json_string> find_string(std::string_view text, Wanted wanted) noexcept {
  auto depth = std::size_t{0};
  auto found = false;
  for (auto at = std::size_t{0}; at < text.size();) {
    if (is_one_of(text[at], "{["))
      ++depth;
    if (is_one_of(text[at], "}]") && depth-- == 0)
      break;
    if (text[at] != '"') {
      ++at;
      continue;
    }
    const auto string = read_json_string(text, at);
    if (found)
      return string;
    at = next_token(text, string.end);
    found = depth == 0 && at < text.size() && text[at] == ':' && wanted(string.content);
  }
  return std::nullopt;
}

/// Whether the object that `text` goes on with says how a value looks, as JSON Schema does: {"type": "string", ...}.
bool describes_value(std::string_view text) noexcept {
  // What Kubernetes says about the volume of a secret or a token.
  if (find_string(text, [](std::string_view key) { return key == "secretName" || key == "expirationSeconds"; }))
    return true;
  constexpr auto types = std::to_array<std::string_view>(
      {"string", "object", "array", "integer", "number", "boolean", "null", "structure", "list", "map", "blob"});
  const auto is_type = [](std::string_view key) { return key == "type" || key == "$ref"; };
  const auto type = find_string(text, is_type);
  return type && (std::ranges::find(types, type->content) != types.end() || type->content.starts_with("#/"));
}

/// What a schema says about a value, and never has the value in.
bool is_schema_key(std::string_view key) noexcept {
  constexpr auto keys = std::to_array<std::string_view>({"type",
                                                         "format",
                                                         "description",
                                                         "title",
                                                         "pattern",
                                                         "minLength",
                                                         "maxLength",
                                                         "minimum",
                                                         "maximum",
                                                         "min",
                                                         "max",
                                                         "minItems",
                                                         "maxItems",
                                                         "uniqueItems",
                                                         "required",
                                                         "$ref",
                                                         "documentation",
                                                         "shape",
                                                         "location",
                                                         "locationName",
                                                         "insertionOrder",
                                                         "relationshipRef",
                                                         "contentEncoding",
                                                         "contentMediaType",
                                                         "secretName",
                                                         "expirationSeconds",
                                                         "defaultMode",
                                                         "audience",
                                                         "path",
                                                         "mode"});
  return std::ranges::find(keys, key) != keys.end();
}

class json_pass {
public:
  json_pass(std::string_view text, bool cut, mask_writer& out) noexcept : text_{text}, cut_{cut}, out_{out} {}

  /// Returns what is left at the first token that cannot be JSON.
  std::string_view run() {
    while (at_ < text_.size() && !out_.is_removed() && step())
      ;
    return text_.substr(at_);
  }

private:
  bool step() {
    const auto c = text_[at_];
    switch (c) {
    case '{':
    case '[':
      open();
      return true;
    case '}':
    case ']':
      close();
      return true;
    case '"':
    case '\'':
      on_string();
      return true;
    case ',':
      pending_.reset();
      [[fallthrough]];
    case ':':
      ++at_;
      return true;
    default:
      if (is_space(c))
        return ++at_, true;
      return on_bare();
    }
  }

  void open() {
    if (depth_ == depth_max)
      return out_.remove_from(text_.substr(at_), removal::depth);
    ++depth_;
    pair_kind_.reset();
    if (text_[at_] == '[' && is_in_list())
      pair_depth_ = depth_;
    else if (pair_depth_ == depth_)
      pair_depth_ = 0;
    if (pending_ && masked_depth_ == 0) {
      masked_depth_ = depth_;
      masked_kind_ = *pending_;
      masks_schema_ = describes_value(text_.substr(at_ + 1, schema_reach_max));
    }
    pending_.reset();
    names_value_ = false;
    ++at_;
  }

  void close() {
    if (masked_depth_ == depth_)
      masked_depth_ = 0;
    if (named_depth_ == depth_)
      named_depth_ = 0;
    depth_ -= depth_ > 0 ? 1 : 0;
    pending_.reset();
    key_ = {};
    ++at_;
  }

  void on_string() {
    const auto string = read_json_string(text_, at_);
    at_ = string.end;
    if (string.closed && take_colon()) {
      key_ = string.content;
      on_key(string);
    } else {
      on_string_value(string);
    }
  }

  /// Whether the bracket at at_ opens an element of a list.
  bool is_in_list() const noexcept {
    auto before = at_;
    while (before > 0 && is_space(text_[before - 1]))
      --before;
    return before > 0 && is_one_of(text_[before - 1], "[,");
  }

  /// Goes behind the ':' that follows, if one does.
  bool take_colon() noexcept {
    const auto found = next_token(text_, at_);
    if (found == text_.size() || text_[found] != ':')
      return false;
    at_ = found + 1;
    return true;
  }

  void on_key(const json_string& key) {
    if (key.escaped())
      set_key(decoded(key.content, json_escapes));
    else
      set_key(key.content);
    if (may_hold_secret(key, false))
      mask_json_value(key, out_);
  }

  bool may_hold_secret(const json_string& string, bool cut) const {
    return string.may_hold_secret(cut) || (out_.policy().contacts().any() && string.may_hold_contact()) ||
           holds_provider(string.content, cut) || holds_base64(string.content, !string.closed) || may_hold_own(string);
  }

  /// What is escaped is searched when it is decoded.
  bool may_hold_own(const json_string& string) const {
    return out_.policy().has_own() && (string.escaped() || out_.policy().holds_own(string.content));
  }

  void set_key(std::string_view key) {
    pending_ = out_.policy().key(key);
    if (!pending_ && depth_ > 0 && is_value_key(key))
      pending_ = named_depth_ == depth_ ? named_kind_ : class_of_later_name();
    names_value_ = is_naming_key(key);
  }

  /// Of the name that follows its value: {"value": "hunter2", "name": "password"}.
  std::optional<redaction_class> class_of_later_name() const {
    const auto name = find_string(text_.substr(at_, name_reach_max), is_naming_key);
    return name ? class_of(*name) : std::nullopt;
  }

  std::optional<redaction_class> class_of(const json_string& name) const {
    return out_.policy().key(name.escaped() ? std::string_view{decoded(name.content, json_escapes)} : name.content);
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
      set_name(value);
    else if (const auto kind = take_pair_kind(value))
      return out_.mask(value.content, *kind);
    const auto cut = !value.closed || cut_;
    if (value.may_hold_number() && is_numbering(value.content) && names_number(key_) && !may_hold_own(value))
      return;
    if (may_hold_secret(value, cut))
      mask_json_value(value, out_);
  }

  void set_name(const json_string& name) {
    const auto kind = class_of(name);
    named_depth_ = kind ? depth_ : 0;
    named_kind_ = kind;
  }

  /// The class of the second element of a pair in a list: [["password", "hunter2"], ["city", "Rome"]], or of one behind
  /// its name in a list of both: {"rawHeaders": ["Authorization", "Basic ..."]}.
  std::optional<redaction_class> take_pair_kind(const json_string& value) {
    const auto closed = next_token(text_, at_) < text_.size() && text_[next_token(text_, at_)] == ']';
    const auto in_pair = depth_ > 0 && pair_depth_ == depth_;
    const auto in_headers = equal_any_case(key_, "rawHeaders");
    if (!in_pair && !in_headers)
      return std::nullopt;
    const auto kind = std::exchange(pair_kind_, std::nullopt);
    if (kind && (in_headers || closed))
      return kind;
    pair_kind_ = class_of(value);
    return std::nullopt;
  }

  /// A token without quotes: a number, a literal, a key of JSON5 or the end of JSON.
  bool on_bare() {
    const auto prefixed = at_ + 1 < text_.size() && is_one_of(text_[at_], "bBuUrR") && is_one_of(text_[at_ + 1], "'\"");
    if (prefixed) // b'hunter2', of Python
      return ++at_, true;
    const auto end = token_end(text_, at_);
    const auto token = text_.substr(at_, end - at_);
    const auto begin = std::exchange(at_, end);
    if (depth_ > 0 && take_colon()) {
      key_ = token;
      set_key(token);
      for (const auto& own : out_.policy().find_own(token))
        out_.mask(own.part, own.kind);
      return true;
    }
    names_value_ = false;
    if (const auto kind = take_kind()) {
      if (!is_plain_literal(token))
        out_.mask_quoted(token, *kind);
      return true;
    }
    if (!is_json_scalar(token)) {
      at_ = begin;
      return false;
    }
    if (!out_.policy().has_own() || !mask_own_number(token))
      mask_json_number(token, key_, cut_ && end == text_.size(), out_);
    return true;
  }

  /// Whether the patterns of the configuration match in it.
  bool mask_own_number(std::string_view token) {
    const auto own = out_.policy().find_own(token);
    if (!own.empty())
      out_.mask_quoted(token, own.front().kind);
    return !own.empty();
  }

  std::string_view text_;
  bool cut_;
  mask_writer& out_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;

  std::optional<redaction_class> pending_; // of the value that follows
  std::size_t masked_depth_ = 0;           // of the container whose scalars are all masked; 0: none
  redaction_class masked_kind_ = redaction_class::custom;
  bool masks_schema_ = false;   // only what describes no value is masked
  std::string_view key_;        // the last one, as written: that of a value, or of the list it is in
  bool names_value_ = false;    // the value that follows names the one under "value"
  std::size_t named_depth_ = 0; // of the object whose "value" is named as sensitive; 0: none
  std::optional<redaction_class> named_kind_;
  std::size_t pair_depth_ = 0; // of a list that is an element of a list; 0: none
  std::optional<redaction_class> pair_kind_;
};

} // namespace

bool looks_like_json(std::string_view text) noexcept {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || (text[begin] != '{' && text[begin] != '['))
    return false;
  text.remove_prefix(begin);
  return !text.starts_with("[REDACTED:") && !text.starts_with("[DROPPED:"); // text that begins with a mask
}

void mask_json(std::string_view text, bool cut, mask_writer& out) {
  if (!out.spend(text))
    return;
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto rest = json_pass{text, cut, out}.run();
  if (!rest.empty() && !out.is_removed())
    mask_text(rest, cut, out);
}

void mask_content(std::string_view text, bool cut, mask_writer& out) {
  if (looks_like_json(text))
    mask_json(text, cut, out);
  else
    mask_text(text, cut, out);
}

} // namespace cleartap::masking
