// Which protocol speaks where HTTP does not. Refuses to read more of it than the first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cleartap {

enum class other_protocol : std::uint8_t {
  unknown, // none of these
  amqp,
  cassandra,
  ftp,
  imap,
  kafka,
  ldap,
  mongodb,
  mqtt,
  mysql,
  nats,
  pop3,
  postgresql,
  redis,
  smtp,
  ssh,
  tls,      // inside of TLS
  tunnel,   // what follows a successful CONNECT
  upgraded, // what follows a 101, if it is no WebSocket
  websocket,
  xmpp,
  zookeeper,
  count_
};

/// The names under which their bytes are counted, in their order.
[[nodiscard]] std::span<const std::string_view> other_protocol_names() noexcept;

/// What a chunk begins, or `unknown`. Looks at no more than its first 64 bytes, its last one, and its size.
[[nodiscard]] other_protocol recognise_other_protocol(std::span<const std::uint8_t> bytes) noexcept;

} // namespace cleartap
