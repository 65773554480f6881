#include "actors/link/dial.hpp"

#include "actors/link/peer_names.hpp"
#include "actors/link/resolve.hpp"
#include "actors/link/tls_io.hpp"
#include "messages/capture.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto stop_interval = 100ms; // how often a wait looks whether it should end

/// Empty once the descriptor is ready, else why it will not be.
std::string wait_for(int fd, short events, steady::time_point deadline, const std::atomic<bool>& stop) {
  while (!stop) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady::now());
    if (left <= 0ms)
      return "it does not answer";
    auto wanted = pollfd{fd, events, 0};
    if (::poll(&wanted, 1, static_cast<int>(std::min(left, std::chrono::milliseconds{stop_interval}).count())) > 0)
      return {};
  }
  return "this side ends";
}

result<owned_fd> connect_to(const socket_address& where, const std::atomic<bool>& stop) {
  auto socket = owned_fd{::socket(where.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  auto on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&where.bytes), where.size) == 0)
    return result<owned_fd>{std::move(socket)};
  if (errno != EINPROGRESS)
    return failure{std::strerror(errno)};
  if (auto why = wait_for(socket.get(), POLLOUT, steady::now() + dial_step_max, stop); !why.empty())
    return failure{why};
  auto error = 0;
  auto size = socklen_t{sizeof error};
  getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return failure{std::strerror(error)};
  return result<owned_fd>{std::move(socket)};
}

std::string shake_hands_within(SSL* ssl, int fd, const std::atomic<bool>& stop) {
  auto deadline = steady::now() + dial_step_max;
  while (true) {
    auto step = shake_hands(ssl);
    if (step.state == tls_state::done || step.state == tls_state::failed)
      return step.why;
    auto wanted = static_cast<short>(step.state == tls_state::wants_write ? POLLOUT : POLLIN);
    if (auto why = wait_for(fd, wanted, deadline, stop); !why.empty())
      return "no TLS handshake: " + why;
  }
}

result<tls_peer> dial_address(const socket_address& where, const std::string& name, tls_identity& identity,
                              const std::atomic<bool>& stop) {
  auto peer = tls_peer{};
  peer.address = to_string(where.bytes);
  auto refused = [&](const std::string& why) { return failure{peer.address + ": " + why}; };
  auto socket = connect_to(where, stop);
  if (!socket)
    return refused(socket.error().text);
  peer.fd = std::move(*socket);
  auto ssl = identity.session(peer.fd.get(), name);
  if (!ssl)
    return refused(ssl.error().text);
  peer.ssl = std::move(*ssl);
  if (auto why = shake_hands_within(peer.ssl.get(), peer.fd.get(), stop); !why.empty())
    return refused(why);
  peer.certificate = certificate_of(peer.ssl.get());
  if (!is_peer(peer.certificate.get(), name))
    return refused("its certificate does not have the name that link.peer_name wants");
  peer.own_name = identity.name().value_or("");
  return result<tls_peer>{std::move(peer)};
}

} // namespace

std::string to_string(const sockaddr_storage& address) {
  auto where = endpoint{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    where.family = ip_family::v6;
    where.port = ntohs(v6.sin6_port);
    std::memcpy(where.address.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    where.port = ntohs(v4.sin_port);
    std::memcpy(where.address.data(), &v4.sin_addr, sizeof v4.sin_addr);
  }
  return to_string(where);
}

result<tls_peer> dial(const connect_address& where, const std::string& peer_name, tls_identity& identity,
                      const std::atomic<bool>& stop) {
  auto name = peer_name.empty() ? where.host : peer_name;
  auto addresses = resolve(where, dial_step_max);
  if (!addresses)
    return addresses.error();
  auto last = failure{};
  const auto deadline = steady::now() + dial_time_max;
  for (const auto& each : *addresses) {
    if (steady::now() > deadline)
      break;
    auto peer = dial_address(each, name, identity, stop);
    if (peer || stop)
      return peer;
    last = peer.error();
  }
  return last;
}

} // namespace cleartap
