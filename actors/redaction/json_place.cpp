#include "actors/redaction/json_place.hpp"

#include "actors/redaction/ascii.hpp"
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
  while (at_ < offset && !too_deep_) {
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
  auto end = at_ + 1;
  while (end < text_.size() && text_[end] != '"')
    end += text_[end] == '\\' ? 2 : 1;
  if (end >= offset)
    return false;
  const auto content = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  auto colon = at_;
  while (colon < text_.size() && is_space(text_[colon]))
    ++colon;
  if (colon < text_.size() && text_[colon] == ':' && !open_.empty() && open_.back().is_object)
    open_.back().key = content;
  return true;
}

} // namespace cleartap::masking
