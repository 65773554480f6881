// The ways into GnuTLS that usual programs do not take, on a session between two threads.
#include "test/bpf/capture.hpp"

#include <atomic>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

using namespace cleartap;

namespace {

void require(bool condition) {
  if (!condition)
    _exit(98);
}

/// One end, without certificates.
class gnutls_end {
public:
  gnutls_end(unsigned role, int fd) : server_{role == GNUTLS_SERVER} {
    gnutls_init(&session_, role);
    require(gnutls_priority_set_direct(session_, "NORMAL:-VERS-TLS1.3:+ANON-ECDH", nullptr) == GNUTLS_E_SUCCESS);
    if (server_) {
      gnutls_anon_allocate_server_credentials(&server_credentials_);
      gnutls_credentials_set(session_, GNUTLS_CRD_ANON, server_credentials_);
    } else {
      gnutls_anon_allocate_client_credentials(&client_credentials_);
      gnutls_credentials_set(session_, GNUTLS_CRD_ANON, client_credentials_);
    }
    gnutls_transport_set_int(session_, fd);
    require(gnutls_handshake(session_) == GNUTLS_E_SUCCESS);
  }
  gnutls_end(const gnutls_end&) = delete;
  gnutls_end& operator=(const gnutls_end&) = delete;
  ~gnutls_end() {
    gnutls_deinit(session_);
    if (server_)
      gnutls_anon_free_server_credentials(server_credentials_);
    else
      gnutls_anon_free_client_credentials(client_credentials_);
  }

  gnutls_session_t operator*() const { return session_; }

private:
  gnutls_session_t session_ = nullptr;
  gnutls_anon_server_credentials_t server_credentials_ = nullptr;
  gnutls_anon_client_credentials_t client_credentials_ = nullptr;
  bool server_;
};

using party = void (*)(gnutls_session_t session, int fd);

/// What a child process does whose threads are the two ends.
std::vector<seen_chunk> chunks_of_session(party client, party server) {
  auto test = capture{library_of(&gnutls_record_send)};
  auto pid = run_in_child([=] {
    int fds[2];
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    auto serving = std::thread{[&] {
      auto end = gnutls_end{GNUTLS_SERVER, fds[1]};
      server(*end, fds[1]);
    }};
    {
      auto end = gnutls_end{GNUTLS_CLIENT, fds[0]};
      client(*end, fds[0]);
    }
    serving.join();
  });
  REQUIRE(pid > 0);
  return test.chunks_of(pid);
}

void send_all(gnutls_session_t session, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    auto count = gnutls_record_send(session, bytes.data() + sent, bytes.size() - sent);
    require(count > 0);
    sent += static_cast<std::size_t>(count);
  }
}

void receive(gnutls_session_t session, std::size_t size) {
  auto buffer = std::string(65536, '\0');
  for (std::size_t got = 0; got < size;) {
    auto count = gnutls_record_recv(session, buffer.data(), buffer.size());
    require(count > 0);
    got += static_cast<std::size_t>(count);
  }
}

const auto payload = talk_payload(3, 50'000);

std::uint64_t bytes_of(const std::vector<seen_chunk>& chunks, direction way) {
  auto sum = std::uint64_t{0};
  for (const auto& seen : chunks)
    if (is_data(seen, way))
      sum += seen.chunk.size_original;
  return sum;
}

void check_once(const std::vector<seen_chunk>& chunks) {
  CHECK((stream(chunks, direction::outbound) == payload));
  CHECK((stream(chunks, direction::inbound) == payload));
  CHECK(bytes_of(chunks, direction::outbound) == payload.size());
  CHECK(bytes_of(chunks, direction::inbound) == payload.size());
  CHECK(std::ranges::count(chunks, chunk_kind::closed, [](const auto& each) { return each.chunk.kind; }) == 2);
  for (const auto& seen : chunks)
    CHECK(seen.chunk.library == tls_library::gnutls);
}

} // namespace

TEST_CASE("GnuTLS: gnutls_record_send, which jumps into gnutls_record_send2, counts once") {
  check_once(chunks_of_session([](gnutls_session_t session, int) { send_all(session, payload); },
                               [](gnutls_session_t session, int) { receive(session, payload.size()); }));
}

TEST_CASE("GnuTLS: what is corked counts when it is handed over, and not again when it is sent") {
  check_once(chunks_of_session(
      [](gnutls_session_t session, int) {
        gnutls_record_cork(session);
        send_all(session, payload);
        require(gnutls_record_uncork(session, GNUTLS_RECORD_WAIT) > 0);
      },
      [](gnutls_session_t session, int) { receive(session, payload.size()); }));
}

TEST_CASE("GnuTLS: packets carry every byte") {
  check_once(chunks_of_session([](gnutls_session_t session, int) { send_all(session, payload); },
                               [](gnutls_session_t session, int) {
                                 for (std::size_t got = 0; got < payload.size();) {
                                   gnutls_packet_t packet = nullptr;
                                   auto count = gnutls_record_recv_packet(session, &packet);
                                   require(count > 0);
                                   got += static_cast<std::size_t>(count);
                                   gnutls_packet_deinit(packet);
                                 }
                               }));
}

TEST_CASE("GnuTLS: a send that goes on without a buffer is a hole of its length") {
  static auto full = std::atomic<bool>{false}; // of the child: the other end reads nothing before
  auto chunks = chunks_of_session(
      [](gnutls_session_t session, int fd) {
        const auto small = 4096;
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        for (std::size_t sent = 0; sent < payload.size();) {
          auto count = gnutls_record_send(session, payload.data() + sent, payload.size() - sent);
          while (count == GNUTLS_E_AGAIN) {
            full = true;
            full.notify_one();
            auto ready = pollfd{.fd = fd, .events = POLLOUT, .revents = 0};
            poll(&ready, 1, 1000);
            count = gnutls_record_send(session, nullptr, 0);
          }
          require(count > 0);
          sent += static_cast<std::size_t>(count);
        }
        require(full);
      },
      [](gnutls_session_t session, int) {
        full.wait(false);
        receive(session, payload.size());
      });
  CHECK(bytes_of(chunks, direction::outbound) == payload.size());
  CHECK((stream(chunks, direction::inbound) == payload));
  auto holes = std::uint64_t{0};
  for (const auto& seen : chunks)
    if (seen.chunk.cut == chunk_cut::unseen)
      holes += seen.chunk.size_original;
  CHECK(holes > 0);
  auto sent = stream(chunks, direction::outbound);
  REQUIRE(sent.size() == payload.size());
  for (std::size_t i = 0; i < sent.size(); ++i)
    if (sent[i] != '\0' && sent[i] != payload[i])
      FAIL("byte " << i << " is wrong");
}
