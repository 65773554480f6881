// The frames of HTTP/2 (RFC 9113, 4 and 6). Refuses to know connections and streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cleartap {

enum class frame_type : std::uint8_t {
  data = 0,
  headers = 1,
  priority = 2,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9
};

namespace frame_flag {
inline constexpr auto end_stream = std::uint8_t{0x01};
inline constexpr auto ack = std::uint8_t{0x01};
inline constexpr auto end_headers = std::uint8_t{0x04};
inline constexpr auto padded = std::uint8_t{0x08};
inline constexpr auto priority = std::uint8_t{0x20};
} // namespace frame_flag

inline constexpr auto http2_preface = std::string_view{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};
inline constexpr std::size_t http2_head_size = 9;
inline constexpr std::uint32_t frame_length_max = (1u << 24) - 1;
/// What a frame may carry unless its receiver said otherwise, which few do.
inline constexpr std::uint32_t frame_length_usual = 16384;

struct frame_header {
  std::uint32_t length = 0;
  frame_type type = frame_type::data; // may be one that is not listed
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  bool reserved = false; // the bit that nobody sets and every receiver ignores (RFC 9113, 4.1)

  bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
  bool carries_fields() const noexcept {
    return type == frame_type::headers || type == frame_type::push_promise || type == frame_type::continuation;
  }
};

/// Whether the bytes are not empty and may begin the preface. No frame begins with its letter: it would be too long.
[[nodiscard]] inline bool begins_preface(std::span<const std::uint8_t> bytes) noexcept {
  return !bytes.empty() && bytes.front() == static_cast<std::uint8_t>(http2_preface.front());
}

/// Requires http2_head_size bytes.
[[nodiscard]] frame_header read_frame_header(std::span<const std::uint8_t> bytes) noexcept;

/// Whether a peer that keeps to RFC 9113 can send a frame with such a header. Types that are not listed pass: they are
/// extensions (5.5).
[[nodiscard]] bool is_valid(const frame_header& head) noexcept;

/// Whether a chunk consists of frames, so that a connection may be joined where it begins. Certain enough for a
/// connection of which nothing is known: at least one frame is whole, or the chunk is a frame header alone.
[[nodiscard]] bool consists_of_frames(std::span<const std::uint8_t> chunk) noexcept;

/// Likewise for a connection that is known to speak HTTP/2: one frame may begin here and end later.
[[nodiscard]] bool begins_with_frame(std::span<const std::uint8_t> chunk) noexcept;

} // namespace cleartap
