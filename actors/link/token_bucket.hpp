// A rate with a burst. Pure: time is an argument.
#pragma once

#include <algorithm>
#include <chrono>

namespace cleartap {

class token_bucket {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `rate` tokens a second, at most `burst` saved up; it begins full.
  token_bucket(double rate, double burst) noexcept : rate_{rate}, burst_{burst}, tokens_{burst} {}

  /// Takes what is asked if anything is there; what is missing becomes debt, so that the rate holds in the long run.
  [[nodiscard]] bool take(double tokens, time_point now) noexcept {
    refill(now);
    if (tokens_ <= 0)
      return false;
    tokens_ -= tokens;
    return true;
  }

  /// Until something may be taken again.
  [[nodiscard]] std::chrono::milliseconds wait(time_point now) noexcept {
    refill(now);
    if (tokens_ > 0)
      return std::chrono::milliseconds{0};
    return std::chrono::milliseconds{static_cast<std::int64_t>(-tokens_ / rate_ * 1000) + 1};
  }

private:
  void refill(time_point now) noexcept {
    if (last_ != time_point{})
      tokens_ = std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
  }

  double rate_;
  double burst_;
  double tokens_;
  time_point last_{};
};

} // namespace cleartap
