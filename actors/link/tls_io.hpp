// One step of TLS on a non-blocking socket, and in one line why it failed. Clears OpenSSL's error queue first: it
// belongs to the thread, and what another connection left there would be read as this one's. Refuses to know what is
// sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <openssl/types.h>
#include <span>
#include <string>

namespace cleartap {

enum class tls_state : std::uint8_t {
  done,
  wants_read, // call again when the socket is readable
  wants_write,
  failed
};

struct tls_outcome {
  tls_state state = tls_state::failed;
  std::size_t size = 0; // bytes that were read or written
  std::string why;      // of a failure: the cause, and the mend where there is one
};

/// Precondition: not done before. A client is done before the server has looked at its certificate: a refusal arrives
/// with the first read.
[[nodiscard]] tls_outcome shake_hands(SSL* ssl);

/// Precondition: not empty.
[[nodiscard]] tls_outcome read_some(SSL* ssl, std::span<std::uint8_t> target);
[[nodiscard]] tls_outcome write_some(SSL* ssl, std::span<const std::uint8_t> bytes);

} // namespace cleartap
