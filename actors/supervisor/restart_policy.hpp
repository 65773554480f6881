// Whether and when a dead actor is started again. Pure: time is an argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace cleartap {

/// At most `restarts_max` within `window`; more means that restarting does not help. The n-th within the window waits
/// 10 ms * 2^n, at most 1 s.
class restart_policy {
public:
  using time_point = std::chrono::steady_clock::time_point;

  restart_policy(std::size_t restarts_max, std::chrono::seconds window) noexcept
      : restarts_max_{restarts_max}, window_{window} {}

  /// The delay before the restart, or nothing when there were too many.
  [[nodiscard]] std::optional<std::chrono::milliseconds> on_death(time_point now) {
    while (!deaths_.empty() && now - deaths_.front() > window_)
      deaths_.pop_front();
    deaths_.push_back(now);
    if (deaths_.size() > restarts_max_)
      return std::nullopt;
    constexpr auto delay_max = std::chrono::milliseconds{1000};
    return std::min(delay_max, std::chrono::milliseconds{10} * (1 << std::min<std::size_t>(deaths_.size(), 7)));
  }

private:
  std::size_t restarts_max_;
  std::chrono::seconds window_;
  std::deque<time_point> deaths_;
};

} // namespace cleartap
