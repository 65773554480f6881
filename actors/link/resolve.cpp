#include "actors/link/resolve.hpp"

#include <ares.h>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>

namespace cleartap {

namespace {

using steady = std::chrono::steady_clock;

struct answer {
  std::optional<int> status; // ARES_SUCCESS or why not
  std::vector<socket_address> addresses;
};

void on_answer(void* into, int status, int, ares_addrinfo* info) {
  auto& out = *static_cast<answer*>(into);
  out.status = status;
  for (const auto* each = info ? info->nodes : nullptr; each; each = each->ai_next) {
    auto& address = out.addresses.emplace_back();
    address.size = static_cast<socklen_t>(each->ai_addrlen);
    std::memcpy(&address.bytes, each->ai_addr, each->ai_addrlen);
  }
  if (info)
    ares_freeaddrinfo(info);
}

/// Waits once for the channel's sockets, at most as long as both it and `left` allow.
void wait_for_sockets(ares_channel channel, std::chrono::milliseconds left) {
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  auto wanted = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
  pollfd polls[ARES_GETSOCK_MAXNUM];
  auto count = nfds_t{0};
  for (auto i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    auto events = (ARES_GETSOCK_READABLE(wanted, i) ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(wanted, i) ? POLLOUT : 0);
    if (events)
      polls[count++] = {sockets[i], static_cast<short>(events), 0};
  }
  auto limit = timeval{left.count() / 1000, left.count() % 1000 * 1000};
  auto until = timeval{};
  auto* sooner = ares_timeout(channel, &limit, &until);
  ::poll(polls, count, static_cast<int>(sooner->tv_sec * 1000 + sooner->tv_usec / 1000 + 1));
  if (count == 0)
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); // timeouts
  for (auto i = nfds_t{0}; i < count; ++i)
    ares_process_fd(channel, polls[i].revents & ~POLLOUT ? polls[i].fd : ARES_SOCKET_BAD,
                    polls[i].revents & POLLOUT ? polls[i].fd : ARES_SOCKET_BAD);
}

} // namespace

result<std::vector<socket_address>> resolve(const connect_address& where, std::chrono::milliseconds time_max) {
  static auto once = std::once_flag{};
  std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
  auto found = answer{}; // outlives the channel, which answers once more when it is destroyed
  auto options = ares_options{};
  options.timeout = 1000;
  options.tries = 2;
  ares_channel raw = nullptr;
  if (ares_init_options(&raw, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS)
    return failure{"cannot look up " + where.host + ": /etc/resolv.conf cannot be used"};
  auto channel = std::unique_ptr<ares_channeldata, void (*)(ares_channel)>{raw, ares_destroy};
  auto hints = ares_addrinfo_hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NUMERICSERV;
  ares_getaddrinfo(channel.get(), where.host.c_str(), std::to_string(where.port).c_str(), &hints, on_answer, &found);
  for (auto end = steady::now() + time_max; !found.status;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady::now());
    if (left.count() <= 0)
      return failure{"cannot look up " + where.host + ": no name server answered in time"};
    wait_for_sockets(channel.get(), left);
  }
  if (found.addresses.empty())
    return failure{"cannot look up " + where.host + ": " + ares_strerror(*found.status)};
  return std::move(found.addresses);
}

} // namespace cleartap
