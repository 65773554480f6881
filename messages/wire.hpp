// What crosses the link between a sniffer and its reconstructor. Everything else stays in its process. Refuses to know
// what is in a batch: actors/link/exchange_codec does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cleartap {

/// Grows when an older peer could no longer be understood.
inline constexpr std::uint32_t wire_version = 2;

/// Bytes of one part. A whole frame must arrive within the time after which a peer counts as silent.
inline constexpr std::size_t wire_part_size_max = 256 * 1024;

/// Parts of one batch; only a batch of a single large exchange has more than one.
inline constexpr std::uint32_t wire_parts_max = 256;

/// What a sniffer may have under way, and what a reconstructor therefore grants each of its peers.
inline constexpr std::size_t wire_requests_max = 64;
inline constexpr std::size_t wire_bytes_max = 8 * 1024 * 1024;

/// The first request of a session. The answer is the number up to which all of this epoch is in the store.
struct wire_hello {
  std::uint32_t version = wire_version;
  std::string name; // what the certificate must vouch for
  std::uint64_t epoch = 0;
};

/// A numbered batch, or one of its parts: zstd(exchange_codec). The answer to the last part comes when the store has
/// the batch; to the others at once.
struct wire_part {
  std::uint64_t number = 0; // of the batch, from 1, without gaps
  std::uint32_t part = 0;   // from 0
  std::uint32_t parts = 1;
  std::vector<std::uint8_t> bytes;
};

/// The last request of an epoch that ends in order: what the sniffer counted. Without it the end was unclean.
struct wire_goodbye {
  std::uint64_t offered = 0; // exchanges that reached the uplink in this epoch
  std::uint64_t dropped = 0; // of these, never sent
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, wire_hello& x) {
  return f(x.version, x.name, x.epoch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, wire_part& x) {
  return f(x.number, x.part, x.parts, x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, wire_goodbye& x) {
  return f(x.offered, x.dropped);
}

} // namespace cleartap
