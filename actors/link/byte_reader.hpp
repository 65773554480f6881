// A bounds-checked view of bytes that a stranger wrote. A read past the end gives nothing and is remembered, so that a
// parser checks once, at its end. Refuses to know what the bytes mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cleartap {

class byte_reader {
public:
  explicit byte_reader(std::span<const std::uint8_t> bytes) noexcept : rest_{bytes} {}

  bool ok() const noexcept { return !bad_; }

  /// Everything was read, and nothing that was not there.
  bool complete() const noexcept { return !bad_ && rest_.empty(); }

  std::size_t remaining() const noexcept { return rest_.size(); }

  std::span<const std::uint8_t> take(std::size_t size) noexcept {
    if (bad_ || size > rest_.size()) {
      fail();
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  /// `size` bytes, at most 8, the most significant first.
  std::uint64_t number(std::size_t size) noexcept {
    auto value = std::uint64_t{0};
    for (const auto byte : take(size))
      value = value << 8 | byte;
    return value;
  }

  /// Groups of 7 bits, the least significant first; the high bit says that another follows. Only the shortest form of
  /// at most 64 bits is taken.
  std::uint64_t varint() noexcept {
    auto value = std::uint64_t{0};
    for (auto shift = 0u; shift < 64; shift += 7) {
      const auto group = number(1);
      const auto bits = group & 0x7F;
      if (shift == 63 && bits > 1)
        break;
      value |= bits << shift;
      if ((group & 0x80) != 0)
        continue;
      if (bits == 0 && shift > 0)
        break;
      return value;
    }
    fail();
    return 0;
  }

  /// As many bytes as the varint in front of them says. The view lives as long as the bytes.
  std::string_view text() noexcept {
    const auto bytes = take(varint());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

private:
  void fail() noexcept {
    bad_ = true;
    rest_ = {};
  }

  std::span<const std::uint8_t> rest_;
  bool bad_ = false;
};

} // namespace cleartap
