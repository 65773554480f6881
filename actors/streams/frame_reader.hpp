// Takes the frames of one direction apart (RFC 9113, 4.1) without waiting for their ends. Refuses to know what they
// mean.
#pragma once

#include "actors/streams/http2_frame.hpp"

#include <array>
#include <optional>

namespace cleartap {

/// A part of what a frame carries, without padding, priority and the number of a promised stream.
struct frame_piece {
  frame_header head;
  std::span<const std::uint8_t> content;
  bool begins = false; // the frame
  bool ends = false;   // the content
};

class frame_reader {
public:
  /// Takes the next piece from the front of `bytes`; nothing once all are used.
  [[nodiscard]] std::optional<frame_piece> next(std::span<const std::uint8_t>& bytes);

  /// How many of the bytes to come belong to the frame that was begun.
  std::uint64_t remaining() const noexcept { return left_; }
  bool between_frames() const noexcept { return head_read_ == 0 && left_ == 0; }
  /// The frame that was begun last.
  const frame_header& head() const noexcept { return head_; }

  /// Goes on as if `size` bytes had come, and says how many of them were content. Requires size <= remaining().
  struct skipped {
    std::uint64_t content = 0;
    bool ends = false; // the content ended among them
  };
  skipped skip(std::uint64_t size) noexcept;

  /// What comes next begins a frame.
  void restart() noexcept;

  /// Bytes that were no content, since this was called last.
  std::uint64_t take_framing() noexcept;

private:
  void begin();
  std::uint64_t content_left() const noexcept { return left_ - pad_; }
  /// Takes up to `size` bytes off the front.
  std::size_t drop(std::span<const std::uint8_t>& bytes, std::uint64_t size) noexcept;

  std::array<std::uint8_t, http2_head_size> header_{};
  std::uint8_t head_read_ = 0;
  frame_header head_;
  std::uint32_t left_ = 0; // of the frame, in bytes
  std::uint32_t pad_ = 0;  // of those, padding at the end
  std::uint8_t ahead_ = 0; // of those, bytes before the content
  bool pad_length_next_ = false;
  bool begins_ = false; // no piece of the frame was handed over yet
  bool ended_ = true;   // its content was handed over to the end
  std::uint64_t framing_ = 0;
};

} // namespace cleartap
