// What all connections of a shard share. Refuses to know any one of them.
#pragma once

#include "actors/streams/content_decoder.hpp"
#include "actors/streams/ledger.hpp"
#include "actors/streams/stream_limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cleartap {

/// Lives as long as the connections do.
struct stream_shard {
  stream_limits limits;
  stream_ledger ledger;
  content_decoder decoder;
  std::chrono::nanoseconds wall_offset{0};
  std::size_t kept = 0; // bytes of heads and bodies in memory; at most limits.memory_max

  void drop_queued(stream_drop reason, std::uint64_t size) noexcept {
    ledger.queued -= size;
    ledger[reason] += size;
  }
};

/// What one message takes of `stream_shard::kept`; goes back when it is destroyed.
class kept_share {
public:
  kept_share() = default;
  kept_share(kept_share&& other) noexcept
      : of_{std::exchange(other.of_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
  kept_share& operator=(kept_share&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~kept_share() {
    if (of_)
      of_->kept -= size_;
  }

  /// False, and counted, if the stage keeps as much as it may.
  [[nodiscard]] bool grow(stream_shard& shard, std::size_t size) noexcept {
    if (size > shard.limits.memory_max - std::min(shard.limits.memory_max, shard.kept)) {
      ++shard.ledger[stream_limit::memory];
      return false;
    }
    of_ = &shard;
    size_ += size;
    shard.kept += size;
    return true;
  }

  /// Takes over what `other` has.
  void absorb(kept_share&& other) noexcept {
    of_ = of_ ? of_ : other.of_;
    size_ += std::exchange(other.size_, 0);
    other.of_ = nullptr;
  }

private:
  stream_shard* of_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace cleartap
