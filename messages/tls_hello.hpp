// The first message of a TLS handshake, as a packet showed it. Refuses to know what is in it.
#pragma once

#include "messages/capture.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cleartap {

struct tls_hello {
  kernel_time at{0};
  std::uint32_t pid = 0;    // who made the socket, or the listening one that it came from; 0: not known
  std::string comm;         // of that process
  std::uint64_t cookie = 0; // of the socket
  bool as_client = false;   // the process sent it; else it was sent to the process
  endpoint local;
  endpoint remote;
  std::vector<std::uint8_t> bytes; // of the packet, from the TLS record on; the hello may go on in the next one
};

/// A process that holds a socket.
struct socket_holder {
  std::uint32_t pid = 0;
  std::string comm;
};

struct hello_tally {
  std::uint64_t seen = 0;
  std::uint64_t lost = 0; // no room in the ring
};

} // namespace cleartap
