// Exchanges as bytes, in a format of our own. Refuses to know compression and the link.
//
//   varint    groups of 7 bits, the least significant first, the high bit set on all but the last; the shortest form
//   only signed    a varint of (n << 1) ^ (n >> 63): 0, -1, 1, -2, ... text      varint length, then that many bytes
//   flag      one byte, 0 or 1
//
//   batch     byte format (4), varint count, exchange...
//   exchange  varint tgid, varint object, signed generation, signed seen, signed time (since 1970), signed duration,
//             all in nanoseconds, byte role, byte library, byte quality, byte parts (1 sockets | 2 request |
//             4 response | 8 application), sockets?, request?, response?, application?, findings, process
//   sockets   endpoint local, endpoint remote, byte evidence
//   endpoint  byte family (0: 4 bytes follow, 1: 16), address, varint port
//   request   text method, text scheme, text host, text path, flag query?, text query (if there is one), text version,
//             headers, headers trailers, body
//   response  varint status, headers, headers trailers, body
//   application  byte protocol, text operation, flag status?, varint status (if there is one), varint
//             request_messages, varint response_messages
//   findings  varint count, (text kind, text place, flag shown)...
//   headers   varint count, (text name, text value)...
//   body      text bytes, varint size_carried, flag truncated
//   process   varint pid, text comm, text exe, text container_id, varint count, (varint pid, text comm)... ancestors
//
// Enumerations count from 0 in the order of messages/. Nothing follows the last exchange.
#pragma once

#include "messages/exchange.hpp"
#include "messages/result.hpp"

#include <span>
#include <vector>

namespace cleartap {

[[nodiscard]] std::vector<std::uint8_t> to_bytes(const exchange_batch& batch);

/// Refuses what is not exactly such a batch, breaks an invariant of exchange, or would be larger in memory than
/// `size_max`, as size_in_memory counts: a header of 2 bytes becomes 64. Memory is only taken for what is there.
[[nodiscard]] result<exchange_batch> from_bytes(std::span<const std::uint8_t> bytes, std::size_t size_max);

} // namespace cleartap
