// Which bytes of a text are of some kind, 64 at a time, as a bit for each. Refuses to know what kinds are good for.
//
// A vector register holds 16 bytes, here a lane. Comparing one with a byte or a range gives 0xff in the place of each
// byte that fits and 0 in the others; kinds are joined by '|', and bits() takes one bit of each byte. So a kind costs a
// few instructions for 16 bytes, whatever the text. Every x86-64 has SSE2 and every AArch64 has NEON: nothing is chosen
// at run time. Elsewhere a lane is an array, with which the unit tests compare the others.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace cleartap::masking {

class scalar_lane {
public:
  static scalar_lane load(const char* from) noexcept {
    auto lane = scalar_lane{};
    std::memcpy(lane.bytes_.data(), from, lane.bytes_.size());
    return lane;
  }

  scalar_lane is(char c) const noexcept { return within(c, c); }

  /// The bytes that are the same in `other`.
  scalar_lane is(scalar_lane other) const noexcept {
    for (auto i = std::size_t{0}; i < bytes_.size(); ++i)
      other.bytes_[i] = other.bytes_[i] == bytes_[i] ? 0xff : 0;
    return other;
  }

  /// The bytes from `first` to `last`, compared without a sign.
  scalar_lane within(char first, char last) const noexcept {
    const auto low = static_cast<std::uint8_t>(first);
    const auto high = static_cast<std::uint8_t>(last);
    return each([=](std::uint8_t byte) { return byte >= low && byte <= high ? 0xff : 0; });
  }

  /// With bit 5 of each byte set: letters become small, and no other byte becomes a letter.
  scalar_lane folded() const noexcept {
    return each([](std::uint8_t byte) { return byte | 0x20; });
  }

  scalar_lane operator|(scalar_lane other) const noexcept {
    for (auto i = std::size_t{0}; i < bytes_.size(); ++i)
      other.bytes_[i] |= bytes_[i];
    return other;
  }

  std::uint64_t bits() const noexcept {
    auto out = std::uint64_t{0};
    for (auto i = std::size_t{0}; i < bytes_.size(); ++i)
      out |= static_cast<std::uint64_t>(bytes_[i] >> 7) << i;
    return out;
  }

private:
  template <class Change>
  scalar_lane each(Change change) const noexcept {
    auto out = scalar_lane{};
    for (auto i = std::size_t{0}; i < bytes_.size(); ++i)
      out.bytes_[i] = static_cast<std::uint8_t>(change(bytes_[i]));
    return out;
  }

  std::array<std::uint8_t, 16> bytes_{};
};

#if defined(__SSE2__)

class vector_lane {
public:
  static vector_lane load(const char* from) noexcept {
    return vector_lane{_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))};
  }
  vector_lane is(char c) const noexcept { return vector_lane{_mm_cmpeq_epi8(bytes_, _mm_set1_epi8(c))}; }
  vector_lane is(vector_lane other) const noexcept { return vector_lane{_mm_cmpeq_epi8(bytes_, other.bytes_)}; }
  vector_lane within(char first, char last) const noexcept {
    const auto above = _mm_sub_epi8(bytes_, _mm_set1_epi8(first)); // wraps below `first`: SSE2 has no unsigned "less"
    const auto width = _mm_set1_epi8(static_cast<char>(last - first));
    return vector_lane{_mm_cmpeq_epi8(_mm_min_epu8(above, width), above)};
  }
  vector_lane folded() const noexcept { return vector_lane{_mm_or_si128(bytes_, _mm_set1_epi8(0x20))}; }
  vector_lane operator|(vector_lane other) const noexcept { return vector_lane{_mm_or_si128(bytes_, other.bytes_)}; }
  std::uint64_t bits() const noexcept { return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes_)); }

private:
  explicit vector_lane(__m128i bytes) noexcept : bytes_{bytes} {}
  __m128i bytes_;
};

#elif defined(__aarch64__)

class vector_lane {
public:
  static vector_lane load(const char* from) noexcept {
    return vector_lane{vld1q_u8(reinterpret_cast<const std::uint8_t*>(from))};
  }
  vector_lane is(char c) const noexcept { return vector_lane{vceqq_u8(bytes_, all(c))}; }
  vector_lane is(vector_lane other) const noexcept { return vector_lane{vceqq_u8(bytes_, other.bytes_)}; }
  vector_lane within(char first, char last) const noexcept {
    return vector_lane{vandq_u8(vcgeq_u8(bytes_, all(first)), vcleq_u8(bytes_, all(last)))};
  }
  vector_lane folded() const noexcept { return vector_lane{vorrq_u8(bytes_, all(0x20))}; }
  vector_lane operator|(vector_lane other) const noexcept { return vector_lane{vorrq_u8(bytes_, other.bytes_)}; }
  std::uint64_t bits() const noexcept { // NEON has no movemask: a bit for each byte of a half, and their sum
    constexpr std::uint8_t places[] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const auto placed = vandq_u8(bytes_, vld1q_u8(places));
    return vaddv_u8(vget_low_u8(placed)) | std::uint64_t{vaddv_u8(vget_high_u8(placed))} << 8;
  }

private:
  explicit vector_lane(uint8x16_t bytes) noexcept : bytes_{bytes} {}
  static uint8x16_t all(char c) noexcept { return vdupq_n_u8(static_cast<std::uint8_t>(c)); }
  uint8x16_t bytes_;
};

#else

using vector_lane = scalar_lane;

#endif

inline constexpr auto lane_size = std::size_t{16};
inline constexpr auto block_size = 4 * lane_size;

template <class Lane>
class basic_block {
public:
  /// The 64 bytes of `text` at `at`; what is behind its end is 0.
  static basic_block read(std::string_view text, std::size_t at) noexcept {
    if (text.size() - at >= block_size)
      return basic_block{text.data() + at};
    auto padded = std::array<char, block_size>{};
    std::memcpy(padded.data(), text.data() + at, text.size() - at);
    return basic_block{padded.data()};
  }

  /// Bit i: whether byte i is of the kind, which `kind(lane)` tells.
  template <class Kind>
  std::uint64_t bits(Kind kind) const noexcept {
    return kind(lanes_[0]).bits() | kind(lanes_[1]).bits() << 16 | kind(lanes_[2]).bits() << 32 |
           kind(lanes_[3]).bits() << 48;
  }

private:
  explicit basic_block(const char* from) noexcept
      : lanes_{Lane::load(from), Lane::load(from + 16), Lane::load(from + 32), Lane::load(from + 48)} {}

  std::array<Lane, 4> lanes_;
};

using byte_block = basic_block<vector_lane>;

/// How many bits are below the lowest that is set. Precondition: one is.
inline std::size_t lowest_bit(std::uint64_t bits) noexcept { return static_cast<std::size_t>(std::countr_zero(bits)); }

/// How many bits are set. std::popcount() is a call for every x86-64: its instruction is younger than SSE2.
inline std::size_t count_of(std::uint64_t bits) noexcept {
  bits -= bits >> 1 & 0x5555555555555555;
  bits = (bits & 0x3333333333333333) + (bits >> 2 & 0x3333333333333333);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return bits * 0x0101010101010101 >> 56;
}

/// The bits from `bit` on. Precondition: bit < 64.
inline std::uint64_t bits_from(std::size_t bit) noexcept { return ~std::uint64_t{0} << bit; }

/// The bits below the lowest that is set in `bits`; all if none is.
inline std::uint64_t bits_below(std::uint64_t bits) noexcept { return ~bits & (bits - 1); }

} // namespace cleartap::masking
