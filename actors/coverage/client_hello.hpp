// Reads the ClientHello of a TLS handshake (RFC 8446 section 4.1.2) as far as its first packet goes. Refuses to believe
// any length in it: the bytes are a stranger's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cleartap {

struct client_hello {
  std::string server_name;            // SNI (RFC 6066 section 3); empty: none, or in another packet
  std::vector<std::string> protocols; // ALPN (RFC 7301)
  bool cut = false;                   // goes on in another packet or TLS record
};

/// `bytes` begin with the TLS record. Nothing if they are no ClientHello.
[[nodiscard]] std::optional<client_hello> parse_client_hello(std::span<const std::uint8_t> bytes);

} // namespace cleartap
