// How many bytes of bodies go to the reconstructor. Past the rate they are sampled so that rare endpoints keep theirs;
// all else of an exchange always goes. Refuses to know clocks and how bodies are sent. Pure: time is an argument.
#pragma once

#include "messages/exchange.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cleartap {

/// Bytes of bodies. Invariant: in == out + sampled.
struct body_bytes {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t sampled = 0; // left out
};

/// Two token buckets share the rate. The open one takes whoever comes first. When it is empty, the reserve takes those
/// that stay within their share of it: each key, (authority, method, path shape, status), has a bucket for an even part
/// of the reserve's rate, at most an eighth; a key's first body passes while the reserve is at least half full. What
/// the reserve does not need flows over to the open bucket, so that nothing of the rate is wasted. A body passes if
/// there is anything in its bucket, which then may owe: so bodies larger than a bucket pass too, and over time at the
/// right rate.
///
/// In any span of t seconds at most rate_max * (t + 1) bytes pass, and the last body of each of the two buckets.
class body_budget {
public:
  using time_point = std::chrono::nanoseconds; // monotonic, since any instant

  static constexpr std::size_t keys_max = 4096; // beyond it the key that was idle for longest is forgotten

  /// `rate_max` bytes per second; with 0 no body passes.
  explicit body_budget(std::size_t rate_max) : sets_(keys_max / ways) { limit(rate_max); }

  /// From now on.
  void limit(std::size_t rate_max) noexcept;

  /// Takes the bodies out if they do not pass: they count as truncated and a complete exchange as body_sampled. An
  /// exchange without bodies is left as it is.
  void apply(exchange& what, time_point now);

  /// Since the last call.
  [[nodiscard]] body_bytes take_counted() noexcept;

private:
  using hash = std::uint64_t;

  struct share {
    bool taken = false;
    hash key = 0;
    double level = 0; // bytes
    time_point filled{0};
    std::uint64_t epoch = 0; // in which it was last counted
  };

  static constexpr std::size_t ways = 8; // places that a key may have
  using share_set = std::array<share, ways>;

  void fill(time_point now) noexcept;
  void count_epoch(time_point now) noexcept;
  share& share_of(hash key, time_point now) noexcept;
  double level_max() const noexcept;
  double share_rate() const noexcept;
  double share_max() const noexcept;
  bool passes(const exchange& what, double size, time_point now);

  double reserve_rate_ = 0; // bytes per second; the open bucket has the same
  double reserve_ = 0;
  double open_ = 0;
  bool started_ = false;
  time_point filled_{0};
  std::vector<share_set> sets_;
  std::uint64_t epoch_ = 1;
  std::size_t keys_ = 0;        // that came again in this epoch
  std::size_t keys_before_ = 0; // in the one before
  time_point epoch_begin_{0};
  body_bytes counted_;
};

} // namespace cleartap
