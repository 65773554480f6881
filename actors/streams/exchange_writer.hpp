// Makes an exchange of the messages of one connection and settles their bytes in the ledger. Refuses to decide which
// messages belong together.
#pragma once

#include "actors/streams/content_decoder.hpp"
#include "actors/streams/http1_message.hpp"
#include "actors/streams/ledger.hpp"
#include "actors/streams/stream_limits.hpp"

#include <vector>

namespace cleartap {

/// What every exchange of a connection shares.
struct connection_facts {
  connection_id id;
  observer_role role = observer_role::client;
  tls_library library = tls_library::openssl;
  std::optional<socket_pair> sockets;
};

/// What all connections of a shard share; lives as long as they do.
struct stream_shard {
  stream_limits limits;
  stream_ledger ledger;
  content_decoder decoder;
  std::chrono::nanoseconds wall_offset{0};

  void drop_queued(stream_drop reason, std::uint64_t size) noexcept {
    ledger.queued -= size;
    ledger[reason] += size;
  }
};

/// Lives during one call into the stage.
class exchange_writer {
public:
  exchange_writer(stream_shard& shard, const connection_facts& facts, std::vector<exchange>& out) noexcept
      : shard_{shard}, facts_{facts}, out_{out} {}

  stream_shard& shard() noexcept { return shard_; }

  /// One side alone gives request_only or response_only; its duration is 0, because the end was not seen.
  void write(http1_message request, http1_message response);
  void write_request(http1_message request);
  void write_response(http1_message response);

private:
  exchange& add(const http1_message& first);
  http_request settle_request(http1_message& message);
  http_response settle_response(http1_message& message);
  void settle(http1_message& message, std::size_t body_max);

  stream_shard& shard_;
  const connection_facts& facts_;
  std::vector<exchange>& out_;
};

} // namespace cleartap
