#include "actors/streams/frame_reader.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap {

std::optional<frame_piece> frame_reader::next(std::span<const std::uint8_t>& bytes) {
  while (!bytes.empty() || !ended_) {
    if (ended_ && left_ > 0) { // padding
      left_ -= static_cast<std::uint32_t>(drop(bytes, left_));
      continue;
    }
    if (ended_) {
      auto size = std::min(bytes.size(), header_.size() - head_read_);
      std::copy_n(bytes.begin(), size, header_.begin() + head_read_);
      head_read_ += static_cast<std::uint8_t>(drop(bytes, size));
      if (head_read_ < header_.size())
        return std::nullopt;
      begin();
    }
    if (pad_length_next_) {
      if (bytes.empty())
        return std::nullopt;
      pad_length_next_ = false;
      pad_ = std::min<std::uint32_t>(bytes.front(), left_ - 1);
      left_ -= static_cast<std::uint32_t>(drop(bytes, 1));
    }
    if (ahead_ > 0) {
      auto size = drop(bytes, std::min<std::uint64_t>(ahead_, content_left()));
      left_ -= static_cast<std::uint32_t>(size);
      ahead_ -= static_cast<std::uint8_t>(size);
      if (ahead_ > 0 && content_left() > 0)
        return std::nullopt;
    }
    if (bytes.empty() && content_left() > 0 && !begins_)
      return std::nullopt;
    auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes.size(), content_left()));
    auto piece = frame_piece{head_, bytes.first(size), std::exchange(begins_, false), size == content_left()};
    bytes = bytes.subspan(size);
    left_ -= size;
    ended_ = piece.ends;
    return piece;
  }
  return std::nullopt;
}

void frame_reader::begin() {
  head_ = read_frame_header(header_);
  head_read_ = 0;
  left_ = head_.length;
  pad_ = 0;
  auto may_be_padded =
      head_.type == frame_type::data || head_.type == frame_type::headers || head_.type == frame_type::push_promise;
  pad_length_next_ = may_be_padded && head_.has(frame_flag::padded) && left_ > 0;
  ahead_ = 0;
  if (head_.type == frame_type::headers && head_.has(frame_flag::priority))
    ahead_ = 5;
  if (head_.type == frame_type::push_promise)
    ahead_ = 4;
  begins_ = true;
  ended_ = false;
}

frame_reader::skipped frame_reader::skip(std::uint64_t size) noexcept {
  assert(size <= left_);
  auto done = skipped{};
  auto ahead = std::min<std::uint64_t>(size, std::uint64_t{pad_length_next_} + ahead_);
  if (ahead > 0) {
    pad_length_next_ = false; // what is padding cannot be told then
    ahead_ -= static_cast<std::uint8_t>(std::min<std::uint64_t>(ahead_, ahead));
  }
  if (!ended_) {
    done.content = std::min(size - ahead, content_left() - std::min(content_left(), ahead));
    done.ends = ahead + done.content >= content_left();
    begins_ = false;
    ended_ = done.ends;
  }
  left_ -= static_cast<std::uint32_t>(size);
  return done;
}

void frame_reader::restart() noexcept {
  auto framing = framing_;
  *this = {};
  framing_ = framing;
}

std::uint64_t frame_reader::take_framing() noexcept { return std::exchange(framing_, 0); }

std::size_t frame_reader::drop(std::span<const std::uint8_t>& bytes, std::uint64_t size) noexcept {
  auto dropped = std::min<std::uint64_t>(bytes.size(), size);
  bytes = bytes.subspan(dropped);
  framing_ += dropped;
  return dropped;
}

} // namespace cleartap
