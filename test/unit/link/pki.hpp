// A CA with certificates in files of a test's own, and two ends of a connection.
#pragma once

#include "actors/link/certificates.hpp"
#include "actors/link/tls_identity.hpp"
#include "actors/link/tls_io.hpp"
#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cleartap::link_pki {

using namespace std::chrono_literals;

/// The tests need certificates that OpenSSL finds valid today.
inline std::chrono::sys_seconds today() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

inline validity for_a_year(std::chrono::sys_seconds from = today()) { return {from, std::chrono::days{365}}; }

inline key_and_certificate ca(std::string_view name = "test CA") { return *make_ca(name, for_a_year()); }

inline key_and_certificate certificate(const key_and_certificate& by, std::string_view name,
                                       std::chrono::sys_seconds from = today()) {
  auto made = make_certificate(by, name, for_a_year(from));
  REQUIRE(made);
  return *std::move(made);
}

struct identity {
  identity(tls_side side, const key_and_certificate& own, const key_and_certificate& believed)
      : files{home.write("tls.crt", own.certificate), home.write("tls.key", own.key),
              home.write("ca.crt", believed.certificate)}
      , tls{side, files, [this](const std::string& text) { reports.push_back(text); }} {}

  temporary_directory home;
  tls_files files;
  std::vector<std::string> reports;
  tls_identity tls;
};

class connection {
public:
  connection() {
    std::signal(SIGPIPE, SIG_IGN); // as the process does: SSL_write cannot ask for EPIPE alone
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds_) == 0);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  int server() const noexcept { return fds_[0]; }
  int client() const noexcept { return fds_[1]; }

private:
  int fds_[2]{-1, -1};
};

struct handshake {
  std::string server; // "" if it went well, else why not
  std::string client;
};

/// Both handshakes, and then what the client learns by its first read.
inline handshake shake(SSL* server, SSL* client) {
  auto outcome = handshake{};
  auto at_server = tls_outcome{tls_state::wants_read, 0, {}};
  auto at_client = at_server;
  const auto open = [](const tls_outcome& is) { return is.state != tls_state::done && is.state != tls_state::failed; };
  for (auto steps = 0; steps < 20 && (open(at_server) || open(at_client)); ++steps) {
    if (open(at_client))
      at_client = shake_hands(client);
    if (open(at_server))
      at_server = shake_hands(server);
  }
  if (at_server.state == tls_state::failed && at_client.state == tls_state::done) {
    auto byte = std::uint8_t{0};
    at_client = read_some(client, {&byte, 1});
  }
  return {at_server.why, at_client.why};
}

struct pair {
  connection wire;
  ssl_ptr server;
  ssl_ptr client;
  handshake outcome;

  pair(identity& at_server, identity& at_client, const std::string& peer)
      : server{*at_server.tls.session(wire.server(), "")}
      , client{*at_client.tls.session(wire.client(), peer)}
      , outcome{shake(server.get(), client.get())} {}
};

} // namespace cleartap::link_pki
