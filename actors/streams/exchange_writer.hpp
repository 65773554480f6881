// Makes an exchange of the messages of one connection and settles their bytes in the ledger. Refuses to decide which
// messages belong together.
#pragma once

#include "actors/streams/http_message.hpp"

#include <vector>

namespace cleartap {

/// What every exchange of a connection shares.
struct connection_facts {
  connection_id id;
  observer_role role = observer_role::client;
  tls_library library = tls_library::openssl;
  std::optional<socket_pair> sockets;
};

/// Lives during one call into the stage.
class exchange_writer {
public:
  exchange_writer(stream_shard& shard, const connection_facts& facts, std::vector<exchange>& out) noexcept
      : shard_{shard}, facts_{facts}, out_{out} {}

  stream_shard& shard() noexcept { return shard_; }

  /// One side alone gives request_only or response_only; its duration is 0, because the end was not seen.
  void write(http_message request, http_message response);
  void write_request(http_message request);
  void write_response(http_message response);

private:
  exchange& add(const http_message& first);
  http_request settle_request(http_message& message);
  http_response settle_response(http_message& message);
  void settle(http_message& message, std::size_t body_max);
  static void tell_application(exchange& made, std::uint32_t request_messages, std::uint32_t response_messages);
  void count(decode_outcome how, http_message& message) noexcept;

  stream_shard& shard_;
  const connection_facts& facts_;
  std::vector<exchange>& out_;
};

} // namespace cleartap
