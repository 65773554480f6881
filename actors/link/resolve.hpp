// The addresses of a host, asked with a deadline: a name server that does not answer must not hold up the end of the
// process, as getaddrinfo would.
#pragma once

#include "config/settings.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <sys/socket.h>
#include <vector>

namespace cleartap {

struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

/// At least one address, in the order of RFC 6724. From /etc/hosts and the name servers of /etc/resolv.conf.
[[nodiscard]] result<std::vector<socket_address>> resolve(const connect_address& where,
                                                          std::chrono::milliseconds time_max);

} // namespace cleartap
