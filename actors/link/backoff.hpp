// How long to wait before the next try. Pure: randomness is an argument.
#pragma once

#include <algorithm>
#include <chrono>

namespace cleartap {

/// Exponential, from 250 ms, doubling to `longest`, each with full jitter over its upper half: many sniffers that lose
/// one reconstructor at the same moment do not come back at the same moment.
class backoff {
public:
  static constexpr auto shortest = std::chrono::milliseconds{250};

  explicit backoff(std::chrono::milliseconds longest) noexcept : longest_{longest} {}

  /// `random` is uniform in [0, 1).
  [[nodiscard]] std::chrono::milliseconds next(double random) noexcept {
    auto most = std::min(current_, longest_);
    current_ = std::min(current_ * 2, longest_);
    return std::chrono::duration_cast<std::chrono::milliseconds>(most * (0.5 + random / 2));
  }

  void limit(std::chrono::milliseconds longest) noexcept { longest_ = longest; }
  void reset() noexcept { current_ = shortest; }

private:
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds current_ = shortest;
};

} // namespace cleartap
