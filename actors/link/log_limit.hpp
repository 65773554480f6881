// How many lines of one kind the log gets: hostile peers must not fill it. Pure: time is an argument.
#pragma once

#include "actors/link/token_bucket.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace cleartap {

/// Thread-safe.
class log_limit {
public:
  static constexpr auto lines_burst = 20.0;
  static constexpr auto lines_rate = 2.0; // per second

  /// Whether to write this line, and if so how many were left out since the last one that was written.
  [[nodiscard]] std::optional<std::uint64_t> admit(token_bucket::time_point now) noexcept {
    auto guard = std::lock_guard{mutex_};
    if (lines_.take(1, now))
      return std::exchange(left_out_, 0);
    ++left_out_;
    return std::nullopt;
  }

private:
  std::mutex mutex_;
  token_bucket lines_{lines_rate, lines_burst};
  std::uint64_t left_out_ = 0;
};

} // namespace cleartap
