#include "actors/redaction/mask.hpp"

#include <algorithm>

namespace cleartap::masking {

std::size_t mask_size(std::string_view text) noexcept {
  if (!text.starts_with("[REDACTED:"))
    return 0;
  const auto found = std::ranges::find_if(masks, [text](std::string_view mask) { return text.starts_with(mask); });
  return found == masks.end() ? 0 : found->size();
}

} // namespace cleartap::masking
