// Reads what stands between the data of chunks (RFC 9112, 7.1), as real servers take it. Refuses to know trailers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cleartap {

class chunk_line {
public:
  /// `behind_data`: the line end of the chunk before comes first.
  explicit chunk_line(bool behind_data = false) noexcept
      : behind_data_{behind_data}, next_{behind_data ? part::data_end : part::first_digit} {}

  enum class outcome : std::uint8_t { unfinished, whole, wrong };

  /// Removes what belongs to it from the front of `bytes`.
  [[nodiscard]] outcome take(std::span<const std::uint8_t>& bytes) noexcept;

  /// Of the data that follows the whole line.
  std::uint64_t size() const noexcept { return size_; }
  bool behind_data() const noexcept { return behind_data_; }

private:
  static constexpr std::size_t length_max = 4096;

  enum class part : std::uint8_t { data_end, data_line_feed, first_digit, digits, extension, line_feed, over, wrong };

  part after(std::uint8_t byte) noexcept;
  part add_digit(std::uint8_t byte) noexcept;

  std::uint64_t size_ = 0;
  std::size_t length_ = 0;
  bool behind_data_;
  part next_;
};

} // namespace cleartap
