// All TLS connections of one shard: finds the connection of a chunk, forgets those that ended. Refuses to know HTTP.
#pragma once

#include "actors/streams/connection.hpp"

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cleartap {

class connections {
public:
  explicit connections(const stream_limits& limits) { shard_.limits = limits; }

  connections(const connections&) = delete; // each connection refers to the shard
  connections& operator=(const connections&) = delete;

  /// From the next byte on; what is kept already stays.
  void limit(const stream_limits& limits) noexcept { shard_.limits = limits; }

  // All of these append to `out` and leave ledger().in == ledger().accounted().

  /// Requires a chunk of data or of a close, and bytes.size() == chunk.size_captured. Kernel time + `wall_offset` =
  /// wall clock.
  void accept(const tls_chunk& chunk, std::span<const std::uint8_t> bytes, std::chrono::nanoseconds wall_offset,
              std::vector<exchange>& out);

  /// As if each connection of the process were closed.
  void process_exited(std::uint32_t tgid, std::vector<exchange>& out);

  /// Exchanges whose end is not awaited any more go out. Then closes every connection without a chunk for
  /// stream_limits::idle_max.
  void expire(kernel_time now, std::vector<exchange>& out);

  /// Whatever is pending goes out; nothing is queued afterwards.
  void close_all(std::vector<exchange>& out);

  /// Those that were found to speak no HTTP since this was called last: what comes of them is only counted.
  [[nodiscard]] std::vector<connection_id> take_others() { return std::exchange(others_, {}); }

  const stream_ledger& ledger() const noexcept { return shard_.ledger; }
  std::size_t size() const noexcept { return size_; }
  /// Bytes of heads and bodies in memory.
  std::size_t kept() const noexcept { return shard_.kept; }

private:
  struct entry {
    kernel_time last{0};
    std::unique_ptr<connection> http; // none: the connection does not speak HTTP
    other_protocol other = other_protocol::unknown;
  };
  using of_process = std::unordered_map<connection_id, entry>;

  entry* find_or_add(const tls_chunk& chunk);
  void close_one(const tls_chunk& closing, std::vector<exchange>& out);
  void close(entry& which, connection_end why, std::vector<exchange>& out);
  /// Closes those for which `is_over` holds; more of them may come.
  template <class Predicate>
  void close_if(Predicate is_over, std::vector<exchange>& out);

  stream_shard shard_;
  std::unordered_map<std::uint32_t, of_process> known_; // by pid: a process ends with all of its connections
  std::size_t size_ = 0;
  std::vector<connection_id> others_;
};

} // namespace cleartap
