// Ports, certificates and HTTP requests for tests. Refuses to know cleartap.
#pragma once

#include "test/support/child.hpp"

#include <cstdint>
#include <filesystem>

namespace cleartap::support {

/// A port of 127.0.0.1 where nobody listens, below those that the kernel gives to clients.
[[nodiscard]] std::uint16_t free_port();

/// "127.0.0.1:PORT"
[[nodiscard]] std::string loopback(std::uint16_t port);

[[nodiscard]] bool listening(std::uint16_t port);

/// A network of its own, with loopback alone, for what this thread does and starts while this lives: what listens at
/// all addresses there can be reached by nobody else. Needs root.
class private_network {
public:
  private_network();
  private_network(const private_network&) = delete;
  private_network& operator=(const private_network&) = delete;
  ~private_network();

private:
  descriptor before_;
};

/// A TCP connection to 127.0.0.1, open as long as this lives.
class connection {
public:
  explicit connection(std::uint16_t port);

  void send(std::string_view bytes) const; // as far as the peer takes them

private:
  descriptor socket_;
};

/// For localhost and 127.0.0.1, signed by itself; made once in a process.
struct certificate {
  std::filesystem::path chain;
  std::filesystem::path key;
};
[[nodiscard]] const certificate& test_certificate();

struct response {
  int status = 0; // 0: none came
  std::string body;
};

/// Runs curl, with `options` before the URL and the test's certificate trusted.
[[nodiscard]] response fetch(const std::string& url, std::vector<std::string> options = {}, std::string input = {});

/// The whole command, for tests that look at the process itself.
[[nodiscard]] command curl(const std::string& url, std::vector<std::string> options = {}, std::string input = {});

} // namespace cleartap::support
