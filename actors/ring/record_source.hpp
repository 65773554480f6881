// A buffer that kernel programs fill with records: a ring buffer, or perf buffers, one for each CPU. Refuses to know
// what the records mean.
#pragma once

#include "messages/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace cleartap {

class record_source {
public:
  using visitor = std::function<void(std::span<const std::uint8_t> record)>;

  virtual ~record_source() = default;

  /// Visits at most `records_max` records in the order in which they were written; returns how many.
  virtual std::size_t drain(std::size_t records_max, const visitor& visit) = 0;

  /// What has been written so far; `has_read` tells whether all of that has been visited. A drain that visits nothing
  /// does not tell: the record at the front may be one that a preempted program has not finished.
  [[nodiscard]] virtual std::uint64_t written() const = 0;
  [[nodiscard]] virtual bool has_read(std::uint64_t mark) const = 0;

  /// Readable after a wake-up.
  [[nodiscard]] virtual int descriptor() const = 0;
};

/// `map` stays the caller's.
[[nodiscard]] result<std::unique_ptr<record_source>> open_ring_buffer(int map);

/// The CPUs' records are merged by the time with which each must begin: 8 bytes of CLOCK_MONOTONIC in nanoseconds.
[[nodiscard]] result<std::unique_ptr<record_source>> open_perf_buffers(int map, std::size_t pages_per_cpu);

} // namespace cleartap
