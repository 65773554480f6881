// Waits for what a condition says, up to a deadline: the one way in which tests wait.
#pragma once

#include <chrono>
#include <thread>

namespace cleartap::support {

using namespace std::chrono_literals;

inline constexpr auto deadline_default = std::chrono::milliseconds{10s};

/// Whether `condition` became true in time. Asks it every few milliseconds.
template <class Condition>
[[nodiscard]] bool wait_until(Condition condition, std::chrono::milliseconds time_max = deadline_default) {
  auto end = std::chrono::steady_clock::now() + time_max;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end)
      return condition();
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

} // namespace cleartap::support
