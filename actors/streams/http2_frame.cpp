#include "actors/streams/http2_frame.hpp"

namespace cleartap {

namespace {

using bytes_view = std::span<const std::uint8_t>;

/// Requests and their responses have odd numbers; what servers push is refused by nearly all clients.
bool is_of_client(std::uint32_t stream) noexcept { return stream % 2 == 1; }

bool only(const frame_header& head, unsigned flags) noexcept { return (head.flags & ~flags) == 0; }

/// Stricter than is_valid: what chance would hardly write.
bool is_usual(const frame_header& head) noexcept {
  constexpr auto settings_max = std::uint32_t{6 * 32};
  if (head.length > frame_length_usual || head.reserved || !is_valid(head))
    return false;
  switch (head.type) {
  case frame_type::data:
    return is_of_client(head.stream) && only(head, 0x09);
  case frame_type::headers:
    return is_of_client(head.stream) && only(head, 0x2D) && head.length > 0;
  case frame_type::push_promise:
    return is_of_client(head.stream) && only(head, 0x0C);
  case frame_type::continuation:
    return only(head, 0x04);
  case frame_type::settings:
    return only(head, 0x01) && head.length <= settings_max;
  case frame_type::ping:
    return only(head, 0x01);
  case frame_type::priority:
    return only(head, 0) && head.length == 5;
  case frame_type::rst_stream:
  case frame_type::goaway:
  case frame_type::window_update:
    return only(head, 0);
  }
  return false;
}

struct walk {
  std::size_t whole = 0; // frames
  bool usual = true;     // all of them
};

walk walk_frames(bytes_view chunk) noexcept {
  auto seen = walk{};
  while (chunk.size() >= http2_head_size) {
    auto head = read_frame_header(chunk);
    if (!is_usual(head))
      return {seen.whole, false};
    if (chunk.size() < http2_head_size + head.length)
      return seen;
    ++seen.whole;
    chunk = chunk.subspan(http2_head_size + head.length);
  }
  return seen;
}

} // namespace

frame_header read_frame_header(bytes_view bytes) noexcept {
  auto head = frame_header{};
  head.length = static_cast<std::uint32_t>(bytes[0]) << 16 | static_cast<std::uint32_t>(bytes[1]) << 8 | bytes[2];
  head.type = static_cast<frame_type>(bytes[3]);
  head.flags = bytes[4];
  head.stream = (static_cast<std::uint32_t>(bytes[5] & 0x7F) << 24 | static_cast<std::uint32_t>(bytes[6]) << 16 |
                 static_cast<std::uint32_t>(bytes[7]) << 8 | bytes[8]);
  head.reserved = (bytes[5] & 0x80) != 0;
  return head;
}

bool is_valid(const frame_header& head) noexcept {
  switch (head.type) {
  case frame_type::data:
  case frame_type::headers:
  case frame_type::continuation:
    return head.stream != 0;
  case frame_type::priority: // a wrong length is an error of the stream alone (6.3)
    return head.stream != 0 && head.length <= frame_length_usual;
  case frame_type::rst_stream:
    return head.stream != 0 && head.length == 4;
  case frame_type::settings:
    return head.stream == 0 && head.length % 6 == 0 && (!head.has(frame_flag::ack) || head.length == 0);
  case frame_type::push_promise:
    return head.stream != 0 && head.length >= 4;
  case frame_type::ping:
    return head.stream == 0 && head.length == 8;
  case frame_type::goaway:
    return head.stream == 0 && head.length >= 8;
  case frame_type::window_update:
    return head.length == 4;
  }
  return true;
}

bool consists_of_frames(bytes_view chunk) noexcept {
  auto seen = walk_frames(chunk);
  return seen.usual && (seen.whole > 0 || chunk.size() == http2_head_size);
}

bool begins_with_frame(bytes_view chunk) noexcept {
  return chunk.size() >= http2_head_size && walk_frames(chunk).usual;
}

} // namespace cleartap
