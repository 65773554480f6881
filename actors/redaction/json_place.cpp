#include "actors/redaction/json_place.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/json_names.hpp"

#include <algorithm>

namespace cleartap::masking {

namespace {

constexpr auto name_size_max = std::size_t{40};
constexpr auto name_digits_max = 2;

bool is_name_char(char c) noexcept { return is_alnum(c) || is_one_of(c, "_-."); }

} // namespace

/// Long runs and digits are of values that stand where a name is expected.
bool is_place_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= name_size_max && std::ranges::all_of(text, is_name_char) &&
         std::ranges::count_if(text, is_digit) <= name_digits_max;
}

std::optional<std::string> json_place::find(std::string_view text, std::size_t offset) {
  if (text.data() != text_.data() || text.size() != text_.size() || offset < at_) {
    *this = json_place{};
    text_ = text;
    too_deep_ = !looks_like_json(text);
  }
  advance(offset);
  if (too_deep_)
    return std::nullopt;
  auto out = std::string{};
  auto names = std::size_t{0};
  for (const auto& [is_object, key] : open_) {
    if (key.data() == nullptr || names++ == place_names_max)
      continue;
    out += out.empty() ? "" : ".";
    out += is_place_name(key) ? key : std::string_view{"*"};
  }
  return out;
}

void json_place::advance(std::size_t offset) {
  while (at_ < offset && !too_deep_) {
    at_ = next_mark(offset);
    if (at_ == offset)
      return;
    const auto c = text_[at_];
    if (c == '"') {
      if (!take_string(offset))
        return;
      continue;
    }
    if (c == '{' || c == '[') {
      too_deep_ = open_.size() == place_depth_max;
      open_.push_back({c == '{', {}});
    } else if (c == ',') {
      open_.back().key = {};
    } else if (!open_.empty()) {
      open_.pop_back();
    }
    ++at_;
  }
}

/// The first of what opens, closes or parts at at_ or behind it; `end` if it is not before that. In arrays commas part
/// nothing that has a key.
std::size_t json_place::next_mark(std::size_t end) noexcept {
  const auto in_object = !open_.empty() && open_.back().is_object;
  const auto marks = [=](const block_marks& block) {
    return block.others | block.quotes | (in_object ? block.commas : 0);
  };
  return next(at_, end, marks);
}

/// The first of the marks that `of(block)` gives at `at` or behind it; `end`, or `at` behind it, if none is before
/// that.
template <class Of>
std::size_t json_place::next(std::size_t at, std::size_t end, Of of) noexcept {
  const auto last = std::max(at, end);
  while (at < last) {
    const auto offset = at % block_size;
    if (block_.begin != at - offset)
      enter(at - offset);
    if (const auto ahead = of(block_) & bits_from(offset); ahead != 0)
      return std::min(block_.begin + lowest_bit(ahead), last);
    at += block_size - offset;
  }
  return last;
}

[[gnu::flatten]] void json_place::enter(std::size_t at) noexcept {
  const auto block = byte_block::read(text_, at);
  block_.begin = at;
  block_.quotes = block.bits([](auto bytes) { return bytes.is('"'); });
  block_.escapes = block.bits([](auto bytes) { return bytes.is('\\'); });
  block_.commas = block.bits([](auto bytes) { return bytes.is(','); });
  block_.others = block.bits([](auto bytes) { return bytes.is('{') | bytes.is('}') | bytes.is('[') | bytes.is(']'); });
}

/// False if text[offset] is in the string, which then is not passed. What was read of it is not read again.
bool json_place::take_string(std::size_t offset) {
  const auto stops = [](const block_marks& block) { return block.quotes | block.escapes; };
  auto end = next(std::max(at_ + 1, read_), offset, stops);
  while (end < offset && text_[end] == '\\')
    end = next(end + 2, offset, stops);
  read_ = end;
  if (end >= offset)
    return false;
  const auto content = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  const auto colon = next_token(text_, at_);
  if (colon < text_.size() && text_[colon] == ':' && !open_.empty() && open_.back().is_object)
    open_.back().key = content;
  return true;
}

} // namespace cleartap::masking
