// What the classes that remove one coding share: how removing ends, and where its bytes go. Refuses to know any coding.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cleartap {

enum class coding_end : std::uint8_t {
  whole,  // the coding ended; what follows its end is not content
  early,  // the input stops before that
  full,   // the output's limit came first
  damaged // no input of this coding
};

/// Takes what a coding makes, at most `size_max` bytes. A library writes into `room()` and then tells how much.
/// What does not fit any more is lost, so no library ever makes more than one room too much.
class coding_output {
public:
  coding_output(std::string& into, std::size_t size_max) noexcept
      : into_{into}, begin_{into.size()}, size_max_{std::max(size_max, begin_)} {}

  std::span<std::uint8_t> room() noexcept { return room_; }

  /// Whether all of it fit.
  [[nodiscard]] bool take(std::size_t made) {
    const auto kept = std::min(made, size_max_ - into_.size());
    into_.append(reinterpret_cast<const char*>(room_.data()), kept);
    return kept == made;
  }

  /// Gives back all that it took.
  void restart() noexcept { into_.resize(begin_); }

private:
  std::string& into_;
  std::size_t begin_;
  std::size_t size_max_;
  std::array<std::uint8_t, 16 * 1024> room_; // stays in the cache of a core
};

inline const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

} // namespace cleartap
