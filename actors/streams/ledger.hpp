// Where each plaintext byte that reached the streams stage went. Refuses to know how it got there.
#pragma once

#include "actors/streams/other_protocol.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace cleartap {

/// Why bytes are in no exchange.
enum class stream_drop : std::uint8_t {
  resync,     // before a recognisable message, or a head that never ended
  read_fault, // the kernel did not hand them over: see chunk_cut
  call_limit,
  unseen,
  parse_error,      // not HTTP where it should be
  connections_full, // stream_limits::connections_max
  limit,            // a head over head_max, headers_max or continuations_max
  pushed,           // what a server sends unasked (RFC 9113, 8.4)
  overlap,          // seen before
  count_
};

/// Which limit was reached; the counters count messages, or connections.
enum class stream_limit : std::uint8_t {
  head,
  headers,
  continuations,
  body,
  decoded, // bytes made of one body while its codings are removed
  ratio,   // likewise, for each byte that it has
  pipeline,
  streams, // open at once on one connection
  open,    // messages that went out before their end
  connections,
  idle,
  memory, // bytes kept by the whole shard
  count_
};

/// Their names, in their order.
inline constexpr auto stream_limit_names = std::array<std::string_view, static_cast<std::size_t>(stream_limit::count_)>{
    "head",     "headers", "continuations", "body",        "decoded", "ratio",
    "pipeline", "streams", "open",          "connections", "idle",    "memory"};

/// Unit: plaintext bytes by their original size, unless said otherwise.
/// Invariant: in == accounted() whenever no call into the stage is under way.
struct stream_ledger {
  template <class Key>
  using by = std::array<std::uint64_t, static_cast<std::size_t>(Key::count_)>;

  std::uint64_t in = 0;
  std::uint64_t in_exchanges = 0; // of messages that were emitted: heads, framing and bodies
  std::uint64_t not_http = 0;
  std::uint64_t queued = 0; // of messages in progress or waiting for their pair
  by<stream_drop> dropped{};

  by<other_protocol> others{};         // what `not_http` consists of
  by<other_protocol> connections_of{}; // how many connections turned out to speak it
  std::uint64_t lost = 0;              // in holes between chunks; never part of `in`
  std::uint64_t holes = 0;             // how many
  std::uint64_t undecodable = 0;       // bodies emptied because their content coding could not be removed
  by<stream_limit> reached{};

  void add_other(other_protocol which, std::uint64_t size) noexcept {
    not_http += size;
    others[static_cast<std::size_t>(which)] += size;
  }

  std::uint64_t accounted() const noexcept {
    return std::accumulate(dropped.begin(), dropped.end(), in_exchanges + not_http + queued);
  }

  std::uint64_t& operator[](stream_drop reason) noexcept { return dropped[static_cast<std::size_t>(reason)]; }
  std::uint64_t operator[](stream_drop reason) const noexcept { return dropped[static_cast<std::size_t>(reason)]; }
  std::uint64_t& operator[](stream_limit which) noexcept { return reached[static_cast<std::size_t>(which)]; }
  std::uint64_t operator[](stream_limit which) const noexcept { return reached[static_cast<std::size_t>(which)]; }
};

} // namespace cleartap
