#include "actors/redaction/drop_json.hpp"

#include "actors/inventory/text_format.hpp"
#include "actors/redaction/ascii.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/plain_name.hpp"
#include "messages/dropped.hpp"

#include <charconv>
#include <cstdint>
#include <vector>

namespace cleartap::masking {

namespace {

constexpr auto byte_order_mark = std::string_view{"\xef\xbb\xbf"};

dropped_type type_of_format(string_format format) noexcept {
  switch (format) {
  case string_format::date_time:
    return dropped_type::date_time;
  case string_format::date:
    return dropped_type::date;
  case string_format::uuid:
    return dropped_type::uuid;
  case string_format::email:
    return dropped_type::email;
  case string_format::uri:
    return dropped_type::uri;
  case string_format::ipv4:
    return dropped_type::ipv4;
  case string_format::password: // known from masks alone
    break;
  }
  return dropped_type::string;
}

/// Of the content of a string.
std::string_view mark_of_string(std::string_view content) noexcept {
  if (const auto dropped = dropped_type_of(content))
    return mark_of(*dropped);
  const auto format = format_of(content);
  return mark_of(format ? type_of_format(*format) : dropped_type::string);
}

std::string_view mark_of_number(std::string_view token) noexcept {
  auto value = std::int64_t{0};
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  return mark_of(error == std::errc{} && end == token.data() + token.size() ? dropped_type::integer
                                                                            : dropped_type::number);
}

enum class awaits : std::uint8_t { value, value_or_end, key, key_or_end, colon, comma_or_end, another };

class json_dropper {
public:
  json_dropper(std::string_view text, const redaction_policy& policy, std::size_t longer_max)
      : text_{text}, policy_{policy}, size_max_{text.size() + longer_max} {}

  dropped_json run() {
    while (skip_blanks())
      if (out_.size() > size_max_ || !step(text_[at_]))
        return {std::move(out_), false};
    return {std::move(out_), state_ == awaits::another};
  }

private:
  /// False at the end of the text.
  bool skip_blanks() noexcept {
    while (at_ < text_.size() && is_space(text_[at_]))
      ++at_;
    return at_ < text_.size();
  }

  /// False at what cannot be JSON here.
  bool step(char c) {
    switch (state_) {
    case awaits::another:
      out_ += '\n';
      state_ = awaits::value;
      return true;
    case awaits::value_or_end:
      return c == ']' ? close(c) : value(c);
    case awaits::value:
      return value(c);
    case awaits::key_or_end:
      return c == '}' ? close(c) : key(c);
    case awaits::key:
      return key(c);
    case awaits::colon:
      return take(c, ':', awaits::value);
    case awaits::comma_or_end:
      if (c == ',')
        return take(c, ',', objects_.back() ? awaits::key : awaits::value);
      return close(c);
    }
    return false;
  }

  bool take(char c, char wanted, awaits next) {
    if (c != wanted)
      return false;
    out_ += c;
    ++at_;
    state_ = next;
    return true;
  }

  bool close(char c) {
    if (objects_.empty() || c != (objects_.back() ? '}' : ']'))
      return false;
    objects_.pop_back();
    last_scalar_ = {};
    out_ += c;
    ++at_;
    after_value();
    return true;
  }

  bool open(bool is_object) {
    if (objects_.size() == depth_max)
      return false;
    objects_.push_back(is_object);
    last_scalar_ = {};
    out_ += text_[at_++];
    state_ = is_object ? awaits::key_or_end : awaits::value_or_end;
    return true;
  }

  void after_value() noexcept { state_ = objects_.empty() ? awaits::another : awaits::comma_or_end; }

  bool value(char c) {
    if (c == '{' || c == '[')
      return open(c == '{');
    return c == '"' ? string() : bare();
  }

  /// The content of the string at at_, or nothing if it does not end.
  std::optional<std::string_view> content() noexcept {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != '"')
      end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size())
      return std::nullopt;
    const auto inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }

  bool is_mask(std::string_view text) const noexcept { return !text.empty() && policy_.mask_size(text) == text.size(); }

  bool key(char c) {
    const auto name = c == '"' ? content() : std::nullopt;
    if (!name)
      return false;
    append_quoted(is_mask(*name) || is_plain_name(*name) ? *name : mark_of(dropped_type::name));
    state_ = awaits::colon;
    return true;
  }

  bool string() {
    const auto inside = content();
    if (!inside)
      return false;
    add_scalar(is_mask(*inside) ? *inside : mark_of_string(*inside));
    return true;
  }

  bool bare() {
    const auto begin = at_;
    while (at_ < text_.size() && (is_alnum(text_[at_]) || is_one_of(text_[at_], "+-.")))
      ++at_;
    const auto token = text_.substr(begin, at_ - begin);
    if (token == "null")
      add_scalar({});
    else if (token == "true" || token == "false")
      add_scalar(mark_of(dropped_type::boolean));
    else if (!token.empty() && (is_digit(token[0]) || token[0] == '-') &&
             std::ranges::all_of(token, [](char c) { return is_digit(c) || is_one_of(c, "+-.eE"); }))
      add_scalar(mark_of_number(token));
    else
      return false;
    return true;
  }

  /// `mark` empty: null.
  void add_scalar(std::string_view mark) {
    const auto in_array = !objects_.empty() && !objects_.back();
    if (in_array && !mark.empty() && mark == last_scalar_) {
      out_.pop_back(); // the comma before it
    } else if (mark.empty()) {
      out_ += "null";
    } else {
      append_quoted(mark);
    }
    last_scalar_ = in_array ? mark : std::string_view{};
    after_value();
  }

  void append_quoted(std::string_view text) { ((out_ += '"') += text) += '"'; }

  std::string_view text_;
  const redaction_policy& policy_;
  std::size_t size_max_;
  std::string out_;
  std::size_t at_ = 0;
  awaits state_ = awaits::value;
  std::vector<bool> objects_;    // open containers: whether it is an object
  std::string_view last_scalar_; // the mark of the element before, in the same array
};

} // namespace

dropped_json drop_json(std::string_view text, const redaction_policy& policy, std::size_t longer_max) {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  return json_dropper{text, policy, longer_max}.run();
}

std::string_view mark_of_text(std::string_view value) noexcept {
  switch (type_of(value)) {
  case text_type::integer:
    return mark_of(dropped_type::integer);
  case text_type::number:
    return mark_of(dropped_type::number);
  case text_type::boolean:
    return mark_of(dropped_type::boolean);
  case text_type::string:
    break;
  }
  return mark_of_string(value);
}

} // namespace cleartap::masking
