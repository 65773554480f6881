// ClientHellos on this kernel's loopback, in a cgroup of the test's own.
#include "actors/coverage/client_hello.hpp"
#include "actors/probes/hello_watch.hpp"
#include "test/bpf/tls_talk.hpp"
#include "test/support/test_cgroup.hpp"
#include "test/support/wait_until.hpp"
#include "test/unit/coverage/hellos.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cleartap;
using namespace cleartap::support;

namespace {

/// A TCP connection over loopback between two sockets of this process.
class tcp_pair {
public:
  explicit tcp_pair(int family = AF_INET) : tcp_pair{listening(family), family} {}

  /// To a listening socket that is there already; takes it.
  tcp_pair(int listener, int family) : listener_{listener}, client_{socket(family, SOCK_STREAM, 0)} {
    auto address = sockaddr_storage{};
    auto size = socklen_t{sizeof address};
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(connect(client_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    server_ = accept(listener_, nullptr, nullptr);
    REQUIRE(server_ >= 0);
  }
  tcp_pair(const tcp_pair&) = delete;
  tcp_pair& operator=(const tcp_pair&) = delete;
  ~tcp_pair() {
    for (auto fd : {client_, server_, listener_})
      close(fd);
  }

  static int listening(int family) {
    auto fd = socket(family, SOCK_STREAM, 0);
    auto v4 = sockaddr_in{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    auto v6 = sockaddr_in6{.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    auto done = family == AF_INET ? bind(fd, reinterpret_cast<sockaddr*>(&v4), sizeof v4)
                                  : bind(fd, reinterpret_cast<sockaddr*>(&v6), sizeof v6);
    REQUIRE(done == 0);
    REQUIRE(listen(fd, 1) == 0);
    return fd;
  }

  /// As one packet, and waits until the other side has it.
  void send(const hellos::bytes& what) const {
    REQUIRE(::send(client_, what.data(), what.size(), 0) == static_cast<ssize_t>(what.size()));
    auto got = hellos::bytes(what.size());
    REQUIRE(recv(server_, got.data(), got.size(), MSG_WAITALL) == static_cast<ssize_t>(got.size()));
  }

  std::uint16_t port(bool of_client) const {
    auto address = sockaddr_in6{}; // the port is at the same place in both
    auto size = socklen_t{sizeof address};
    getsockname(of_client ? client_ : server_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin6_port);
  }

private:
  int listener_;
  int client_;
  int server_ = -1;
};

/// A watch of the test's cgroup, with this process in it.
struct scene {
  scene() {
    if (group.path().empty())
      SKIP("no cgroup v2, or no permission to make one");
    auto opened = hello_watch::open(group.path());
    if (!opened)
      SKIP(opened.error().text);
    watch.emplace(std::move(*opened));
    group.enter();
  }

  std::vector<tls_hello> drain() {
    auto all = std::vector<tls_hello>{};
    watch->drain(1000, [&](tls_hello hello) { all.push_back(std::move(hello)); });
    return all;
  }

  test_cgroup group;
  std::optional<hello_watch> watch;
};

using hellos::operator+;

const auto own_pid = static_cast<std::uint32_t>(getpid());

hellos::bytes shop_hello(std::size_t padding = 0) {
  return hellos::hello{.extensions = hellos::server_name("shop.example") + hellos::key_share(padding)}.record();
}

} // namespace

TEST_CASE("a ClientHello is seen at both ends, with addresses, bytes and owner") {
  auto in = scene{};
  for (auto family : {AF_INET, AF_INET6}) {
    auto pair = tcp_pair{family};
    pair.send(shop_hello());
    auto seen = in.drain();
    REQUIRE(seen.size() == 2);
    const auto& sent = seen[0].as_client ? seen[0] : seen[1];
    const auto& received = seen[0].as_client ? seen[1] : seen[0];
    REQUIRE((sent.as_client && !received.as_client));
    CHECK(sent.bytes == shop_hello());
    CHECK(received.bytes == shop_hello());
    CHECK((sent.local.port == pair.port(true) && sent.remote.port == pair.port(false)));
    CHECK((received.local == sent.remote && received.remote == sent.local));
    CHECK(sent.local.family == (family == AF_INET ? ip_family::v4 : ip_family::v6));
    CHECK((sent.pid == own_pid && received.pid == own_pid));
    CHECK_FALSE(sent.comm.empty());
    CHECK((sent.cookie != 0 && received.cookie != 0 && sent.cookie != received.cookie));
    CHECK(sent.at > kernel_time{0});
  }
}

TEST_CASE("hellos of every size are seen up to the limit, and nothing else is") {
  auto in = scene{};
  auto pair = tcp_pair{};
  for (auto padding : {0u, 400u, 460u, 470u, 500u, 1500u, 1880u, 1890u, 1900u, 2000u, 8000u}) {
    INFO(padding);
    auto whole = shop_hello(padding);
    pair.send(whole);
    auto seen = in.drain();
    REQUIRE(seen.size() == 2);
    auto expected = std::min<std::size_t>(whole.size(), 2048);
    for (const auto& each : seen) {
      CHECK(each.bytes == hellos::bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(expected)));
      CHECK(parse_client_hello(each.bytes)->server_name == "shop.example");
    }
  }
  auto other = shop_hello();
  other[5] = 2; // a ServerHello
  pair.send(other);
  pair.send(hellos::bytes(1000, 22));
  pair.send(hellos::bytes{22});
  CHECK(in.drain().empty());
  CHECK(in.watch->tally().seen == 22);
  CHECK(in.watch->tally().lost == 0);
}

TEST_CASE("a real handshake shows one hello at each end") {
  auto in = scene{};
  auto pid = run_in_child([] { talk({100}); });
  REQUIRE(pid > 0);
  auto seen = in.drain();
  REQUIRE(seen.size() == 2);
  for (const auto& each : seen) {
    CHECK(each.pid == static_cast<std::uint32_t>(pid));
    CHECK(parse_client_hello(each.bytes));
  }
}

TEST_CASE("what does not fit into the ring is counted") {
  auto in = scene{};
  auto pair = tcp_pair{};
  for (auto i = 0; i < 600; ++i)
    pair.send(shop_hello(1500)); // two records of some 2,100 bytes each
  auto drained = std::size_t{0};
  for (auto more = in.drain().size(); more > 0; more = in.drain().size())
    drained += more;
  auto tally = in.watch->tally();
  CHECK(tally.seen == 1200);
  CHECK(tally.lost > 0);
  CHECK(drained + tally.lost == tally.seen);
}

TEST_CASE("sockets from before belong to who holds them") {
  auto pair = tcp_pair{};
  auto root = cgroup_root(); // a socket stays in the cgroup in which it was made
  if (!root)
    SKIP(root.error().text);
  auto watch = hello_watch::open(*root);
  if (!watch)
    SKIP(watch.error().text);
  if (!watch->owners_complaint().empty())
    SKIP(watch->owners_complaint());
  pair.send(shop_hello());
  auto own = std::vector<tls_hello>{};
  watch->drain(1000, [&](tls_hello hello) {
    if (hello.local.port == pair.port(false) || hello.remote.port == pair.port(false))
      own.push_back(std::move(hello));
  });
  REQUIRE(own.size() == 2);
  CHECK((own[0].pid == own_pid && own[1].pid == own_pid));
}

TEST_CASE("a socket whose maker has ended goes to the process that holds it") {
  auto in = scene{};
  if (!in.watch->owners_complaint().empty())
    SKIP(in.watch->owners_complaint());
  // A daemon opens its socket before it leaves its parent: the child is the maker here, and ends.
  int channel[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, channel) == 0);
  auto maker = run_in_child([&] {
    auto listener = tcp_pair::listening(AF_INET);
    auto byte = char{};
    auto part = iovec{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof listener)] = {};
    auto message = msghdr{.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    auto* head = CMSG_FIRSTHDR(&message);
    *head = {.cmsg_len = CMSG_LEN(sizeof listener), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    std::copy_n(reinterpret_cast<const char*>(&listener), sizeof listener, reinterpret_cast<char*>(CMSG_DATA(head)));
    sendmsg(channel[1], &message, 0);
  });
  REQUIRE(maker > 0);
  auto byte = char{};
  auto part = iovec{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  auto message = msghdr{.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  REQUIRE(recvmsg(channel[0], &message, 0) == 1);
  auto listener = -1;
  std::copy_n(reinterpret_cast<const char*>(CMSG_DATA(CMSG_FIRSTHDR(&message))), sizeof listener,
              reinterpret_cast<char*>(&listener));
  close(channel[0]);
  close(channel[1]);
  auto pair = tcp_pair{listener, AF_INET};
  pair.send(shop_hello());
  auto seen = in.drain();
  auto served = std::ranges::find(seen, false, &tls_hello::as_client);
  REQUIRE(served != seen.end());
  CHECK(served->pid == static_cast<std::uint32_t>(maker));
  auto holder = in.watch->adopt(served->pid, served->cookie);
  REQUIRE(holder);
  CHECK(holder->pid == own_pid);
}

TEST_CASE("an unreadable cgroup is refused with the reason") {
  auto refused = hello_watch::open("/nowhere");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.find("/nowhere") != std::string::npos);
}
