#include "actors/redaction/json_place.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/json_names.hpp"
#include "actors/redaction/json_text.hpp"

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
  while (!too_deep_ && (at_ = std::min(next_sign(at_), offset)) < offset) {
    const auto c = text_[at_];
    if (c == '"') {
      if (!take_string(offset))
        return;
      continue;
    }
    if (c == '{' || c == '[') {
      too_deep_ = open_.size() == place_depth_max;
      open_.push_back({c == '{', {}});
    } else if ((c == '}' || c == ']') && !open_.empty()) {
      open_.pop_back();
    } else if (c == ',' && !open_.empty()) {
      open_.back().key = {};
    }
    ++at_;
  }
}

/// False if text[offset] is in the string, which then is not passed.
bool json_place::take_string(std::size_t offset) {
  auto end = next_sign(at_ + 1);
  while (end < text_.size() && text_[end] != '"')
    end = next_sign(end + (text_[end] == '\\' ? 2 : 1));
  if (end >= offset)
    return false;
  const auto content = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  const auto colon = next_token(text_, at_);
  if (colon < text_.size() && text_[colon] == ':' && !open_.empty() && open_.back().is_object)
    open_.back().key = content;
  return true;
}

/// Where the next byte, at `at` or behind it, is that this class looks at.
[[gnu::flatten]] std::size_t json_place::next_sign(std::size_t at) noexcept {
  while (at < text_.size()) {
    const auto begin = at - at % block_size;
    if (begin != block_) {
      block_ = begin;
      signs_ = byte_block::read(text_, begin).bits([](auto bytes) {
        return bytes.folded().within('{', '}') | bytes.is('"') | bytes.is(','); // folded: [\] too
      });
    }
    if (const auto ahead = signs_ & bits_from(at - begin); ahead != 0)
      return begin + lowest_bit(ahead);
    at = begin + block_size;
  }
  return text_.size();
}

} // namespace cleartap::masking
