// Searches bytes that are not text for keys and patterns. Refuses to know binary formats: where the value of a key ends
// cannot be told, so from the first one on everything is removed.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

enum class binary_kind : std::uint8_t {
  none,
  data, // may hold records: every key counts
  media // compressed: short keys occur by chance and do not count
};

/// By its content type, or by bytes that text does not have.
[[nodiscard]] binary_kind binary_kind_of(std::string_view text, std::string_view content_type) noexcept;

/// Finds keys in ASCII and in the ASCII part of UTF-16. Precondition: `kind` is not none.
void mask_binary(std::string_view text, binary_kind kind, mask_writer& out);

} // namespace cleartap::masking
