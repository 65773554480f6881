#include "actors/redaction/mask.hpp"

#include <algorithm>

namespace cleartap::masking {

std::size_t mask_size(std::string_view text) noexcept {
  if (!text.starts_with("[REDACTED:"))
    return 0;
  const auto found = std::ranges::find_if(masks, [text](std::string_view mask) { return text.starts_with(mask); });
  return found == masks.end() ? 0 : found->size();
}

std::size_t mask_size_at_end(std::string_view text) noexcept {
  if (!text.ends_with(']'))
    return 0;
  const auto found = std::ranges::find_if(masks, [text](std::string_view mask) { return text.ends_with(mask); });
  return found == masks.end() ? 0 : found->size();
}

std::string without_masks(std::string_view text) {
  auto out = std::string{};
  while (!text.empty()) {
    const auto size = mask_size(text);
    if (size == 0)
      out += text[0];
    text.remove_prefix(std::max(size, std::size_t{1}));
  }
  return out;
}

} // namespace cleartap::masking
