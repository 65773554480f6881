#include "actors/link/tls_listener.hpp"

#include "actors/link/peer_names.hpp"
#include "actors/link/tls_io.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto backlog = 1024;
constexpr auto accepts_max = 64; // in one go, before the handshakes get their turn
constexpr auto poll_time = 200ms;

sockaddr_storage bytes_of(const listen_address& where, socklen_t& size) {
  auto out = sockaddr_storage{};
  auto host = where.host == "localhost" ? std::string{"127.0.0.1"} : where.host;
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(where.port);
    size = sizeof *v6;
  } else {
    inet_pton(AF_INET, host.c_str(), &v4->sin_addr);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(where.port);
    size = sizeof *v4;
  }
  return out;
}

} // namespace

result<std::unique_ptr<tls_listener>> tls_listener::open(const listen_address& where, std::string peer_name,
                                                         tls_identity& identity, link_status& status,
                                                         on_peer_fn on_peer) {
  auto size = socklen_t{0};
  auto address = bytes_of(where, size);
  auto socket = owned_fd{::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  auto wake = owned_fd{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  auto on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(socket.get(), backlog) != 0)
    return failure{"cannot listen at " + to_string(address) + ": " + std::strerror(errno) +
                   "; choose another address with link.listen"};
  return std::unique_ptr<tls_listener>{
      new tls_listener{std::move(socket), std::move(wake), std::move(peer_name), identity, status, std::move(on_peer)}};
}

tls_listener::tls_listener(owned_fd socket, owned_fd wake, std::string peer_name, tls_identity& identity,
                           link_status& status, on_peer_fn on_peer)
    : socket_{std::move(socket)}
    , wake_{std::move(wake)}
    , peer_name_{std::move(peer_name)}
    , identity_{identity}
    , status_{status}
    , on_peer_{std::move(on_peer)}
    , thread_{[this](const std::stop_token& stop) { run(stop); }} {}

tls_listener::~tls_listener() {
  thread_.request_stop();
  eventfd_write(wake_.get(), 1);
}

void tls_listener::run(const std::stop_token& stop) {
  auto polls = std::vector<pollfd>{};
  auto events = std::vector<short>{};
  while (!stop.stop_requested()) {
    polls.assign({{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}});
    for (const auto& each : handshakes_)
      polls.push_back({each.peer.fd.get(), each.wanted, 0});
    ::poll(polls.data(), polls.size(), static_cast<int>(poll_time.count()));
    events.clear();
    for (auto i = std::size_t{2}; i < polls.size(); ++i)
      events.push_back(polls[i].revents);
    advance_all(events);
    if (polls[0].revents & POLLIN)
      accept_some();
  }
}

void tls_listener::advance_all(const std::vector<short>& events) {
  auto each = handshakes_.begin();
  for (auto event : events) {
    auto under_way = true;
    if (event != 0)
      under_way = advance(*each);
    else if (steady::now() >= each->deadline) {
      refuse(each->peer.address, "the handshake took too long");
      under_way = false;
    }
    each = under_way ? std::next(each) : handshakes_.erase(each);
  }
}

void tls_listener::accept_some() {
  for (auto i = 0; i < accepts_max; ++i) {
    auto from = sockaddr_storage{};
    auto size = socklen_t{sizeof from};
    auto socket =
        owned_fd{accept4(socket_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket) {
      if (errno == EMFILE || errno == ENFILE) {
        refuse("a peer", std::strerror(errno));
        std::this_thread::sleep_for(50ms); // the socket stays readable: do not spin until somebody gives one back
      }
      return;
    }
    begin(std::move(socket), from);
  }
}

void tls_listener::begin(owned_fd socket, const sockaddr_storage& from) {
  auto on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto address = to_string(from);
  auto ssl = identity_.session(socket.get(), "");
  status_.show_certificate(identity_.end());
  if (!ssl)
    return refuse(address, ssl.error().text);
  auto host = address.substr(0, address.rfind(':'));
  make_room(host);
  auto& fresh = handshakes_.emplace_back(handshake{
      {std::move(socket), std::move(*ssl), std::move(address), {}, {}}, host, steady::now() + handshake_max, POLLIN});
  if (!advance(fresh))
    handshakes_.pop_back();
}

void tls_listener::make_room(const std::string& host) {
  auto same = [&](const handshake& each) { return each.host == host; };
  auto crowded = static_cast<std::size_t>(std::ranges::count_if(handshakes_, same)) >= handshakes_per_address_max;
  if (!crowded && handshakes_.size() < handshakes_max)
    return;
  auto oldest = crowded ? std::ranges::find_if(handshakes_, same) : handshakes_.begin();
  refuse(oldest->peer.address, "too many handshakes at the same time");
  handshakes_.erase(oldest);
}

bool tls_listener::advance(handshake& each) {
  auto step = shake_hands(each.peer.ssl.get());
  if (step.state == tls_state::failed)
    return refuse(each.peer.address, step.why), false;
  if (step.state != tls_state::done) {
    each.wanted = step.state == tls_state::wants_write ? POLLOUT : POLLIN;
    return true;
  }
  each.peer.certificate = certificate_of(each.peer.ssl.get());
  if (!is_peer(each.peer.certificate.get(), peer_name_))
    refuse(each.peer.address, "its certificate does not have the name that link.peer_name wants");
  else
    on_peer_(std::move(each.peer));
  return false;
}

void tls_listener::refuse(const std::string& address, const std::string& why) {
  status_.count_refusal(why);
  auto left_out = log_.admit(steady::now());
  if (!left_out)
    return;
  if (*left_out > 0)
    spdlog::warn("{} more refusals were not logged", *left_out);
  spdlog::warn("link: {} is refused: {}", address, why);
}

} // namespace cleartap
