// A peer that TLS has authenticated and that nobody serves yet.
#pragma once

#include "actors/link/openssl_pointers.hpp"
#include "messages/owned_fd.hpp"

#include <memory>
#include <string>
#include <sys/socket.h>

namespace cleartap {

/// What a peer has shown; never changed, so that any thread may look at it.
using peer_certificate = std::shared_ptr<X509>;

/// Of a connection that has shaken hands.
[[nodiscard]] inline peer_certificate certificate_of(const SSL* ssl) {
  return {SSL_get1_peer_certificate(ssl), X509_free};
}

struct tls_peer {
  owned_fd fd;         // non-blocking
  ssl_ptr ssl;         // uses fd
  std::string address; // "10.0.0.1:40312"
  peer_certificate certificate;
  std::string own_name; // the first in the certificate that this side has shown
};

/// "10.0.0.1:443" or "[::1]:443".
[[nodiscard]] std::string to_string(const sockaddr_storage& address);

} // namespace cleartap
