// The integers of HPACK (RFC 7541, 5.1). Refuses to know what they count.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace cleartap {

/// Removes an integer from the front of `bytes`; the `prefix` lowest bits of the first byte begin it. Nothing: it does
/// not end, or is not below 2^32, or is longer than such an integer needs.
[[nodiscard]] inline std::optional<std::uint32_t> take_hpack_integer(std::span<const std::uint8_t>& bytes, int prefix) {
  if (bytes.empty())
    return {};
  const auto prefix_max = (1u << prefix) - 1;
  auto value = std::uint64_t{bytes[0] & prefix_max};
  bytes = bytes.subspan(1);
  if (value < prefix_max)
    return static_cast<std::uint32_t>(value);
  for (auto shift = 0; shift < 32; shift += 7) {
    if (bytes.empty())
      return {};
    const auto byte = bytes[0];
    bytes = bytes.subspan(1);
    value += std::uint64_t{byte & 0x7Fu} << shift;
    if (value > UINT32_MAX)
      return {};
    if ((byte & 0x80) == 0)
      return static_cast<std::uint32_t>(value);
  }
  return {};
}

/// RFC 7541, 6.3; only in front of a block's fields (4.2).
[[nodiscard]] inline bool begins_size_update(std::span<const std::uint8_t> bytes) noexcept {
  return !bytes.empty() && (bytes[0] & 0xE0) == 0x20;
}
inline constexpr auto size_update_prefix = 5;

} // namespace cleartap
