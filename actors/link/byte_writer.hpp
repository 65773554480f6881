// Numbers and texts as byte_reader reads them. Refuses to know what they mean.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cleartap {

class byte_writer {
public:
  void byte(std::uint8_t value) { bytes_.push_back(value); }

  void raw(std::span<const std::uint8_t> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  /// Groups of 7 bits, the least significant first; the high bit says that another follows.
  void varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7)
      byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }

  /// The length in front.
  void text(std::string_view value) {
    varint(value.size());
    raw({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }

  std::vector<std::uint8_t> take() noexcept { return std::move(bytes_); }

private:
  std::vector<std::uint8_t> bytes_;
};

} // namespace cleartap
