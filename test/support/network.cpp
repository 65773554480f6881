#include "test/support/network.hpp"

#include "test/support/temporary_directory.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <random>
#include <sched.h>
#include <set>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace cleartap::support {

namespace {

constexpr auto port_min = 10000;
constexpr auto port_end = 32768; // net.ipv4.ip_local_port_range begins here

/// A new socket for which `call`, bind or connect, with 127.0.0.1:`port` succeeded; else none.
template <class Call>
descriptor tcp_socket(Call call, std::uint16_t port) {
  auto socket = descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto where = sockaddr_in{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto done = call(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  return done ? std::move(socket) : descriptor{};
}

struct own_certificate {
  own_certificate() {
    auto made = run({{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                      "-keyout", files.key, "-out", files.chain}});
    if (made.status != 0)
      throw std::runtime_error{"openssl req: " + made.complaints};
  }

  temporary_directory directory;
  certificate files{directory.path() / "chain.pem", directory.path() / "key.pem"};
};

void loopback_up() {
  auto socket = descriptor{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  auto device = ifreq{};
  std::strcpy(device.ifr_name, "lo");
  device.ifr_flags = IFF_UP;
  if (ioctl(socket.get(), SIOCSIFFLAGS, &device) != 0)
    throw std::runtime_error{"loopback does not come up"};
}

} // namespace

private_network::private_network() : before_{open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)} {
  if (unshare(CLONE_NEWNET) != 0)
    throw std::runtime_error{"unshare: no network of its own"};
  loopback_up();
}

private_network::~private_network() { static_cast<void>(setns(before_.get(), CLONE_NEWNET)); }

std::uint16_t free_port() {
  static auto random = std::mt19937{std::random_device{}()};
  static auto given = std::set<std::uint16_t>{}; // nobody may listen at them yet
  while (true) {
    auto port = static_cast<std::uint16_t>(std::uniform_int_distribution{port_min, port_end - 1}(random));
    if (!given.contains(port) && tcp_socket(::bind, port).get() >= 0)
      return *given.insert(port).first;
  }
}

std::string loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

bool listening(std::uint16_t port) { return tcp_socket(::connect, port).get() >= 0; }

connection::connection(std::uint16_t port) : socket_{tcp_socket(::connect, port)} {
  if (socket_.get() < 0)
    throw std::runtime_error{"nobody listens at " + loopback(port)};
}

void connection::send(std::string_view bytes) const {
  static_cast<void>(!::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

const certificate& test_certificate() {
  static const auto own = own_certificate{};
  return own.files;
}

command curl(const std::string& url, std::vector<std::string> options, std::string input) {
  auto words = std::vector<std::string>{
      "curl", "--silent", "--http1.1", "--max-time", "20", "--cacert", test_certificate().chain};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(url);
  return {std::move(words), {}, std::move(input)};
}

response fetch(const std::string& url, std::vector<std::string> options, std::string input) {
  options.insert(options.end(), {"--write-out", "%{stderr}%{http_code}"});
  auto done = run(curl(url, std::move(options), std::move(input)));
  auto answer = response{0, std::move(done.output)};
  std::from_chars(done.complaints.data(), done.complaints.data() + done.complaints.size(), answer.status);
  return answer;
}

} // namespace cleartap::support
