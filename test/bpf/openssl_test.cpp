// The ways into OpenSSL, and the evidence for the socket that each leaves.
#include "test/bpf/capture.hpp"

#include <cstring>
#include <openssl/ssl.h>
#include <sys/utsname.h>

using namespace cleartap;

namespace {

const auto sizes = std::vector<std::size_t>{1, 700, 16384, 100'000};

std::vector<seen_chunk> chunks_by(talk_by how) {
  auto test = capture{library_of(&SSL_read)};
  auto pid = run_in_child([how] { talk(sizes, how); });
  REQUIRE(pid > 0);
  return test.chunks_of(pid);
}

void check_whole(const std::vector<seen_chunk>& chunks) {
  CHECK((stream(chunks, direction::outbound) == written(sizes)));
  CHECK((stream(chunks, direction::inbound) == written(sizes)));
  auto total = std::size_t{0};
  for (const auto& seen : chunks)
    total += seen.chunk.size_original;
  CHECK(total == 2 * (written(sizes).size() + 4)); // and nothing twice
}

/// Both ends are on sockets of their own, and always the same.
void check_sockets(const std::vector<seen_chunk>& chunks) {
  auto ports = local_ports(chunks);
  REQUIRE(ports.size() == 2);
  auto first = ports.begin()->second;
  auto second = std::next(ports.begin())->second;
  CHECK(first != 0);
  CHECK(second != 0);
  CHECK(first != second);
  for (const auto& seen : chunks)
    if (seen.chunk.sockets)
      CHECK(seen.chunk.sockets->local.port == ports.at(seen.chunk.connection));
}

} // namespace

TEST_CASE("calls of the _ex kind carry every byte once") { check_whole(chunks_by(talk_by::ex)); }

TEST_CASE("BIO_read and BIO_write on an SSL BIO, which go past SSL_read and SSL_write, carry every byte once") {
  auto chunks = chunks_by(talk_by::ssl_bio);
  check_whole(chunks);
  for (const auto& seen : chunks) {
    REQUIRE(seen.chunk.sockets);
    CHECK(seen.chunk.sockets->evidence == socket_evidence::inside_call);
  }
}

TEST_CASE("memory BIOs, which move no bytes inside the call, get their sockets from their ciphertext") {
  auto chunks = chunks_by(talk_by::memory);
  check_whole(chunks);
  check_sockets(chunks);
  auto known = utsname{};
  REQUIRE(uname(&known) == 0);
  if (strverscmp(known.release, "5.15") < 0)
    SKIP("before Linux 5.15 they get them from the order of calls");
  for (const auto& seen : chunks)
    if (seen.chunk.sockets)
      CHECK(seen.chunk.sockets->evidence == socket_evidence::ciphertext);
}

TEST_CASE("a program's own memory BIOs get their sockets from the order of calls") {
  auto chunks = chunks_by(talk_by::own_memory);
  check_whole(chunks);
  check_sockets(chunks);
  for (const auto& seen : chunks)
    if (seen.chunk.sockets)
      CHECK((seen.chunk.sockets->evidence == socket_evidence::after_write ||
             seen.chunk.sockets->evidence == socket_evidence::before_read));
}
