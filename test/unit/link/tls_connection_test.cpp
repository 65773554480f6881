#include "actors/link/tls_connection.hpp"
#include "test/unit/link/frames.hpp"
#include "test/unit/link/pki.hpp"

#include <thread>

using namespace cleartap;
using namespace cleartap::link_frames;
using link_pki::identity;

namespace {

struct parties {
  key_and_certificate issuer = link_pki::ca();
  identity server{tls_side::server, link_pki::certificate(issuer, "recon.test"), issuer};
  identity client{tls_side::client, link_pki::certificate(issuer, "s1.test"), issuer};
};

/// A reconstructor's connection, and its peer's end as bare TLS.
struct session {
  explicit session(parties& all) : link{all.server, all.client, "recon.test"} {
    auto gate = frame_gate{frame_gate::side::server, node(server_node), facade, [](const node_bytes&) { return true; }};
    auto on_end = [this](std::string_view why, tls_connection::ending how) {
      ++ends;
      reason = why;
      ending = how;
    };
    connection.emplace(std::move(link.server), link.wire.server(), "127.0.0.1:1", std::move(gate), on_end);
  }

  void send(std::span<const std::uint8_t> content) {
    while (!content.empty()) {
      auto written = write_some(link.client.get(), content);
      REQUIRE(written.state == tls_state::done);
      content = content.subspan(written.size);
    }
  }

  /// All that may be read now, in pieces of at most `room`.
  bytes receive(std::size_t room = 4096) {
    auto all = bytes{};
    auto piece = std::vector<char>(room);
    auto size = std::size_t{0};
    while ((alive = connection->read(piece, size)) && size > 0)
      all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
    return all;
  }

  link_pki::pair link;
  std::optional<tls_connection> connection;
  bool alive = true;
  std::atomic<int> ends{0};
  std::string reason;
  tls_connection::ending ending = tls_connection::ending::lost;
};

/// What an honest peer begins with, frame by frame.
std::vector<bytes> opening() {
  auto frames = std::vector<bytes>{};
  for (const auto& each :
       {client_hello(), client_hello(2), request(1, hello()), heartbeat(), request(2, part(std::string(70000, 'x')))})
    frames.push_back(each.all());
  return frames;
}

bytes joined(const std::vector<bytes>& frames) {
  auto all = bytes{};
  for (const auto& each : frames)
    all.insert(all.end(), each.begin(), each.end());
  return all;
}

} // namespace

TEST_CASE("frames come out whole and unchanged, in whatever pieces they come in") {
  auto all = parties{};
  const auto sent = joined(opening());
  for (auto piece : {std::size_t{1000}, std::size_t{16384}, std::size_t{33}, sent.size()}) {
    auto in = session{all};
    auto received = bytes{};
    for (auto rest = std::span{sent}; !rest.empty();) {
      auto next = rest.first(std::min(piece, rest.size()));
      in.send(next);
      rest = rest.subspan(next.size());
      auto fresh = in.receive(piece % 1000 + 1);
      received.insert(received.end(), fresh.begin(), fresh.end());
    }
    INFO(piece);
    CHECK(in.alive);
    CHECK(received == sent);
    CHECK(in.connection->bytes_in() == sent.size());
  }
}

TEST_CASE("of a frame that is not there in full, nothing is handed on") {
  auto all = parties{};
  auto in = session{all};
  const auto sent = client_hello().all();
  for (auto size = std::size_t{0}; size + 1 < sent.size(); ++size) {
    in.send(std::span{sent}.subspan(size, 1));
    CHECK(in.receive().empty());
  }
  in.send(std::span{sent}.last(1));
  CHECK(in.receive() == sent);
}

TEST_CASE("a frame that is refused ends the connection, after those before it were handed on") {
  auto all = parties{};
  auto in = session{all};
  const auto good = joined({client_hello().all(), client_hello(2).all()});
  in.send(joined({good, frame{.operation = 99}.all(), heartbeat().all()}));
  CHECK(in.receive() == good);
  CHECK_FALSE(in.alive);
  CHECK(in.ends == 1);
  CHECK(in.ending == tls_connection::ending::refused);
  CHECK(in.reason != "");
  CHECK(in.receive().empty());
  CHECK_FALSE(in.alive);
  auto size = std::size_t{0};
  CHECK_FALSE(in.connection->write({"x", 1}, size));
  auto byte = std::uint8_t{0};
  CHECK(read_some(in.link.client.get(), {&byte, 1}).why == "closed by the peer");
}

TEST_CASE("a peer that closes ends the connection, and that is said once") {
  auto all = parties{};
  auto in = session{all};
  in.send(client_hello().all());
  SSL_shutdown(in.link.client.get());
  CHECK(in.receive() == client_hello().all());
  CHECK_FALSE(in.alive);
  CHECK(in.reason == "closed by the peer");
  in.connection->cut("later");
  CHECK(in.ends == 1);
}

TEST_CASE("what is decrypted and not read yet is told, for the descriptor does not show it") {
  auto all = parties{};
  auto in = session{all};
  CHECK_FALSE(in.connection->has_more());
  in.send(joined({client_hello().all(), client_hello(2).all()})); // one record of TLS
  auto piece = std::array<char, 8>{};
  auto size = std::size_t{0};
  auto rest = 2 * client_hello().all().size();
  while (rest > 0) {
    REQUIRE(in.connection->read(piece, size));
    REQUIRE(size > 0);
    rest -= size;
    CHECK(in.connection->has_more() == (rest > 0));
  }
}

TEST_CASE("cut by several threads at once, it ends once, and the reader notices") {
  auto all = parties{};
  auto in = session{all};
  {
    auto threads = std::vector<std::jthread>{};
    for (auto i = 0; i < 4; ++i)
      threads.emplace_back([&] { in.connection->cut("enough"); });
  }
  CHECK(in.ends == 1);
  CHECK(in.reason == "enough");
  CHECK(in.ending == tls_connection::ending::lost);
  CHECK(in.receive().empty());
  CHECK_FALSE(in.alive);
}

TEST_CASE("what a peer does not take waits, and goes on when it does") {
  auto all = parties{};
  auto in = session{all};
  auto sent = std::vector<char>{};
  while (sent.size() < 2'000'000) {
    auto each = heartbeat().all();
    sent.insert(sent.end(), each.begin(), each.end());
  }
  auto rest = std::span<const char>{sent};
  auto size = std::size_t{0};
  REQUIRE(in.connection->write(rest, size));
  CHECK(size < sent.size());
  rest = rest.subspan(size);
  REQUIRE(in.connection->write(rest, size)); // full
  CHECK(size == 0);
  auto received = bytes{};
  auto buffer = bytes(65536);
  while (received.size() < sent.size()) {
    auto read = read_some(in.link.client.get(), buffer);
    REQUIRE(read.state != tls_state::failed);
    received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(read.size));
    REQUIRE(in.connection->write(rest, size));
    rest = rest.subspan(size);
  }
  CHECK(std::ranges::equal(received, sent, {}, {}, [](char each) { return static_cast<std::uint8_t>(each); }));
  CHECK(in.connection->bytes_out() == sent.size());
}
