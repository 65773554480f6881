// How fast a counter grows, from readings of it. Refuses to know what is counted and to read a clock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cleartap::flow {

/// The mean over the last `spans_max` spans between readings, so that a batch more or less hardly shows. Any thread may
/// ask for it; one at a time may add readings.
class rate {
public:
  static constexpr std::size_t spans_max = 3;

  /// Readings come in the order of time; the counter only grows.
  void sample(std::uint64_t total, std::chrono::steady_clock::time_point now) noexcept {
    const auto& newest = readings_[(count_ - 1) % readings_.size()];
    if (count_ > 0 && now <= newest.at)
      return;
    readings_[count_++ % readings_.size()] = {total, now};
    const auto& oldest = readings_[count_ <= readings_.size() ? 0 : count_ % readings_.size()];
    auto seconds = std::chrono::duration<double>{now - oldest.at}.count();
    auto units = total > oldest.total ? static_cast<double>(total - oldest.total) : 0;
    per_second_.store(seconds > 0 ? units / seconds : 0, std::memory_order_relaxed);
  }

  double per_second() const noexcept { return per_second_.load(std::memory_order_relaxed); }

private:
  struct reading {
    std::uint64_t total = 0;
    std::chrono::steady_clock::time_point at;
  };

  std::array<reading, spans_max + 1> readings_{}; // a ring
  std::size_t count_ = 0;                         // readings so far
  std::atomic<double> per_second_{0};
};

} // namespace cleartap::flow
