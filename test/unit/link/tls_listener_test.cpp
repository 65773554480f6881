// The door over real sockets on loopback: honest peers get in whatever others do.
#include "actors/link/tls_listener.hpp"
#include "test/support/wait_until.hpp"
#include "test/unit/link/pki.hpp"

#include <arpa/inet.h>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>

using namespace cleartap;
using namespace cleartap::link_pki;
using support::wait_until;

namespace {

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  auto address = sockaddr_in{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

owned_fd bound_socket(const std::string& host, std::uint16_t& port) {
  auto socket = owned_fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = address_of(host, port);
  auto size = socklen_t{sizeof address};
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return socket;
}

std::uint16_t free_port() {
  auto port = std::uint16_t{0};
  static_cast<void>(bound_socket("127.0.0.1", port));
  return port;
}

/// Whether the other end has closed, once it has.
bool closes(const owned_fd& socket) {
  return wait_until([&] {
    auto byte = char{0};
    auto got = recv(socket.get(), &byte, 1, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN);
  });
}

bool closed(const owned_fd& socket) {
  auto byte = char{0};
  auto got = recv(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return got == 0 || (got < 0 && errno != EAGAIN);
}

struct fixture {
  explicit fixture(std::string wanted = "") {
    std::signal(SIGPIPE, SIG_IGN);
    auto opened = tls_listener::open({"127.0.0.1", port}, std::move(wanted), server.tls, status, [this](tls_peer peer) {
      auto guard = std::lock_guard{mutex};
      peers.push_back(std::move(peer));
    });
    REQUIRE(opened);
    door = std::move(*opened);
  }

  owned_fd connect(const std::string& from = "127.0.0.1") const {
    auto own_port = std::uint16_t{0};
    auto socket = bound_socket(from, own_port);
    auto address = address_of("127.0.0.1", port);
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return socket;
  }

  /// An honest peer's handshake; "" if it went well on its side.
  std::string shake(const owned_fd& socket) {
    auto ssl = client.tls.session(socket.get(), "recon.test");
    REQUIRE(ssl);
    return shake_hands(ssl->get()).why;
  }

  std::size_t let_in() {
    auto guard = std::lock_guard{mutex};
    return peers.size();
  }

  std::uint64_t refused(const std::string& reason) const {
    auto found = std::uint64_t{0};
    status.for_each_refusal([&](std::string_view each, std::uint64_t count) { found += each == reason ? count : 0; });
    return found;
  }

  key_and_certificate issuer = ca();
  identity server{tls_side::server, certificate(issuer, "recon.test"), issuer};
  identity client{tls_side::client, certificate(issuer, "s1.sniffer.test"), issuer};
  std::uint16_t port = free_port();
  link_status status;
  std::mutex mutex;
  std::vector<tls_peer> peers;
  std::unique_ptr<tls_listener> door;
};

const auto too_many = std::string{"too many handshakes at the same time"};

} // namespace

TEST_CASE("a peer with a good certificate is let in, with it and its address") {
  auto in = fixture{};
  auto socket = in.connect();
  CHECK(in.shake(socket) == "");
  REQUIRE(wait_until([&] { return in.let_in() == 1; }));
  CHECK(in.peers[0].address.starts_with("127.0.0.1:"));
  CHECK(in.peers[0].certificate);
}

TEST_CASE("a peer whose certificate has another name than is wanted is refused") {
  auto in = fixture{"*.other.test"};
  auto socket = in.connect();
  static_cast<void>(in.shake(socket));
  CHECK(closes(socket));
  CHECK(in.refused("its certificate does not have the name that link.peer_name wants") == 1);
  CHECK(in.let_in() == 0);
}

TEST_CASE("plain HTTP is refused by its name") {
  auto in = fixture{};
  auto socket = in.connect();
  constexpr auto request = std::string_view{"GET / HTTP/1.1\r\nHost: x\r\n\r\n"};
  REQUIRE(send(socket.get(), request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
  CHECK(closes(socket));
  CHECK(in.refused("the peer speaks HTTP without TLS") == 1);
}

TEST_CASE("peers of one address that say nothing make room for the next, the oldest first") {
  auto in = fixture{};
  auto silent = std::vector<owned_fd>{};
  for (std::size_t i = 0; i < tls_listener::handshakes_per_address_max; ++i)
    silent.push_back(in.connect());
  auto honest = in.connect();
  CHECK(in.shake(honest) == "");
  CHECK(wait_until([&] { return in.let_in() == 1; }));
  CHECK(closes(silent[0]));
  CHECK_FALSE(closed(silent[1]));
  CHECK(in.refused(too_many) == 1);
}

TEST_CASE("one crowded address takes no room from another") {
  auto in = fixture{};
  auto elsewhere = in.connect("127.0.0.2");
  auto silent = std::vector<owned_fd>{};
  for (std::size_t i = 0; i < tls_listener::handshakes_per_address_max + 10; ++i)
    silent.push_back(in.connect());
  CHECK(wait_until([&] { return in.refused(too_many) == 10; }));
  CHECK_FALSE(closed(elsewhere));
  CHECK(in.shake(elsewhere) == "");
  CHECK(wait_until([&] { return in.let_in() == 1; }));
}

TEST_CASE("beyond all handshakes that may be under way the oldest goes") {
  auto in = fixture{};
  auto silent = std::vector<owned_fd>{};
  constexpr auto per_address = std::size_t{60};
  for (std::size_t i = 0; i < tls_listener::handshakes_max; ++i)
    silent.push_back(in.connect("127.0.0." + std::to_string(1 + i / per_address)));
  auto honest = in.connect("127.0.0.100");
  CHECK(in.shake(honest) == "");
  CHECK(wait_until([&] { return in.let_in() == 1; }));
  CHECK(closes(silent[0]));
  CHECK_FALSE(closed(silent[1]));
  CHECK(in.refused(too_many) == 1);
}

TEST_CASE("a taken port is told with the setting that chooses another") {
  auto in = fixture{};
  auto second = tls_listener::open({"127.0.0.1", in.port}, "", in.server.tls, in.status, [](tls_peer) {});
  REQUIRE_FALSE(second);
  CHECK(second.error().text == "cannot listen at 127.0.0.1:" + std::to_string(in.port) +
                                   ": Address already in use; choose another address with link.listen");
}

TEST_CASE("a listener that ends frees its port and closes what had not shaken hands") {
  auto in = fixture{};
  auto silent = in.connect();
  auto honest = in.connect();
  CHECK(in.shake(honest) == "");
  REQUIRE(wait_until([&] { return in.let_in() == 1; }));
  in.door.reset();
  CHECK(closes(silent));
  CHECK_FALSE(closed(honest)); // it belongs to whom it was given
  auto next = tls_listener::open({"127.0.0.1", in.port}, "", in.server.tls, in.status, [](tls_peer) {});
  CHECK(next);
}
