#include "actors/ring/decode.hpp"

#include "bpf/events.h"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace cleartap;

// The kernel programs are compiled for another machine than this test: every offset is the contract between them.
static_assert(offsetof(tls_socket, local) == 0);
static_assert(offsetof(tls_socket, remote) == 16);
static_assert(offsetof(tls_socket, local_port) == 32);
static_assert(offsetof(tls_socket, remote_port) == 34);
static_assert(offsetof(tls_socket, family) == 36);
static_assert(offsetof(tls_socket, evidence) == 37);
static_assert(offsetof(tls_socket, unused) == 38);
static_assert(sizeof(tls_socket) == 40);

static_assert(offsetof(tls_event, at_ns) == 0);
static_assert(offsetof(tls_event, object) == 8);
static_assert(offsetof(tls_event, generation_ns) == 16);
static_assert(offsetof(tls_event, offset) == 24);
static_assert(offsetof(tls_event, tgid) == 32);
static_assert(offsetof(tls_event, size_original) == 36);
static_assert(offsetof(tls_event, size_captured) == 40);
static_assert(offsetof(tls_event, kind) == 44);
static_assert(offsetof(tls_event, direction) == 45);
static_assert(offsetof(tls_event, library) == 46);
static_assert(offsetof(tls_event, cut) == 47);
static_assert(offsetof(tls_event, descriptor) == 48);
static_assert(offsetof(tls_event, unused) == 52);
static_assert(offsetof(tls_event, socket) == 56);
static_assert(sizeof(tls_event) == 96);

static_assert(offsetof(connection_key, object) == 0);
static_assert(offsetof(connection_key, tgid) == 8);
static_assert(sizeof(connection_key) == 16);
static_assert(offsetof(connection, generation_ns) == 0);
static_assert(offsetof(connection, used_ns) == 8);
static_assert(sizeof(connection) == 88);

static_assert(offsetof(capture_settings, call_events_max) == 4);
static_assert(offsetof(capture_settings, process_rate_max) == 8);
static_assert(offsetof(capture_settings, ciphertext) == 16);
static_assert(sizeof(capture_settings) == 24);
static_assert(offsetof(capture_switches, drainer_waits) == 4);
static_assert(offsetof(capture_switches, ignored_version) == 8);
static_assert(offsetof(capture_switches, lose_tgid) == 12);
static_assert(offsetof(capture_switches, lose_after) == 16);
static_assert(offsetof(capture_switches, lose_count) == 20);
static_assert(sizeof(capture_switches) == 24);

static_assert(offsetof(process_record, at_ns) == 0);
static_assert(offsetof(process_record, tgid) == 8);
static_assert(offsetof(process_record, parent) == 12);
static_assert(offsetof(process_record, kind) == 16);
static_assert(offsetof(process_record, unused) == 17);
static_assert(offsetof(process_record, comm) == 24);
static_assert(offsetof(process_record, cgroup) == 40);
static_assert(offsetof(process_record, path) == 136);
static_assert(sizeof(process_record) == 392);

static_assert(offsetof(tally, events) == 0);
static_assert(offsetof(tally, bytes) == 8);
static_assert(sizeof(tally) == 16);
static_assert(TLS_DATA == 0 && TLS_CLOSED == 1 && TLS_INBOUND == 0 && TLS_OUTBOUND == 1);
static_assert(EVIDENCE_NONE == 0 && EVIDENCE_INSIDE_CALL == 1 && EVIDENCE_DESCRIPTOR == 2 &&
              EVIDENCE_AFTER_WRITE == 3 && EVIDENCE_BEFORE_READ == 4 && EVIDENCE_CIPHERTEXT == 5);
static_assert(CUT_NONE == 0 && CUT_CALL_LIMIT == 1 && CUT_READ_FAULT == 2 && CUT_UNSEEN == 3);
static_assert(LIBRARY_OPENSSL == 0 && LIBRARY_GNUTLS == 1 && LIBRARY_NSS == 2);
static_assert(PROCESS_FORK == 0 && PROCESS_EXEC == 1 && PROCESS_EXIT == 2);

namespace {

using record_bytes = std::vector<std::uint8_t>; // as large as the record, so that a read behind it is noticed

tls_event event_of(std::uint32_t size_original, std::uint32_t size_captured) {
  auto event = tls_event{};
  event.at_ns = 5000;
  event.object = 0x7f00'1234'5678;
  event.generation_ns = 4000;
  event.offset = 1ull << 40;
  event.tgid = 77;
  event.size_original = size_original;
  event.size_captured = size_captured;
  event.kind = TLS_DATA;
  event.direction = TLS_OUTBOUND;
  event.cut = size_captured < size_original ? CUT_CALL_LIMIT : CUT_NONE;
  event.descriptor = -1;
  return event;
}

record_bytes record_of(const tls_event& event, std::string_view payload = {}) {
  auto record = record_bytes(sizeof event + payload.size());
  std::memcpy(record.data(), &event, sizeof event);
  if (!payload.empty())
    std::memcpy(record.data() + sizeof event, payload.data(), payload.size());
  return record;
}

tls_event with_socket(std::uint8_t family, std::uint8_t evidence) {
  auto event = event_of(0, 0);
  auto& socket = event.socket;
  for (std::uint8_t i = 0; i < 16; ++i) {
    socket.local[i] = i + 1;
    socket.remote[i] = 255 - i;
  }
  socket.local_port = 443;
  socket.remote_port = 65535;
  socket.family = family;
  socket.evidence = evidence;
  return event;
}

template <std::size_t Size>
void put(char (&field)[Size], std::string_view text) {
  REQUIRE(text.size() <= Size);
  std::memcpy(field, text.data(), text.size());
}

record_bytes record_of(const process_record& process) {
  auto record = record_bytes(sizeof process);
  std::memcpy(record.data(), &process, sizeof process);
  return record;
}

process_record process_of(std::uint8_t kind) {
  auto process = process_record{};
  process.at_ns = 900;
  process.tgid = 12;
  process.parent = 3;
  process.kind = kind;
  put(process.comm, "curl");
  put(process.cgroup, "session-1.scope");
  put(process.path, "/usr/bin/curl");
  return process;
}

} // namespace

TEST_CASE("a TLS event becomes a chunk field by field") {
  const auto record = record_of(event_of(9, 5), "hello");
  const auto decoded = decode_tls_event(record);
  REQUIRE(decoded);
  const auto& chunk = decoded->chunk;
  CHECK(chunk.connection == connection_id{77, 0x7f00'1234'5678, kernel_time{4000}});
  CHECK(chunk.at == kernel_time{5000});
  CHECK(chunk.kind == chunk_kind::data);
  CHECK(chunk.way == direction::outbound);
  CHECK(chunk.offset == 1099511627776);
  CHECK(chunk.size_original == 9);
  CHECK(chunk.size_captured == 5);
  CHECK_FALSE(chunk.sockets);
  CHECK(std::string{decoded->bytes.begin(), decoded->bytes.end()} == "hello");
}

TEST_CASE("a close and a read are told from a write") {
  const auto ends = tls_ends{{7, 9}};
  auto event = event_of(sizeof ends, sizeof ends);
  event.kind = TLS_CLOSED;
  event.direction = TLS_INBOUND;
  const auto payload = std::string_view{reinterpret_cast<const char*>(&ends), sizeof ends};
  const auto record = record_of(event, payload);
  const auto decoded = decode_tls_event(record);
  REQUIRE(decoded);
  CHECK(decoded->chunk.kind == chunk_kind::closed);
  CHECK(decoded->chunk.way == direction::inbound);
  CHECK(decoded->chunk.ends == std::array<std::uint64_t, 2>{7, 9});
  CHECK(decoded->chunk.size_original == 0);
  CHECK(decoded->bytes.empty());

  event.size_original = event.size_captured = sizeof ends - 1;
  CHECK_FALSE(decode_tls_event(record_of(event, payload)));
}

TEST_CASE("what the ring appended to a record is not payload") {
  const auto record = record_of(event_of(3, 3), "abc-and-rounding");
  const auto decoded = decode_tls_event(record);
  REQUIRE(decoded);
  CHECK(std::string{decoded->bytes.begin(), decoded->bytes.end()} == "abc");
}

TEST_CASE("the payload may hold any byte") {
  const auto payload = std::string_view{"\0\xff\0", 3};
  const auto record = record_of(event_of(3, 3), payload);
  const auto decoded = decode_tls_event(record);
  REQUIRE(decoded);
  CHECK(std::string{decoded->bytes.begin(), decoded->bytes.end()} == payload);
}

TEST_CASE("a TLS event cut at any byte is refused") {
  const auto whole = record_of(event_of(5, 5), "hello");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    const auto cut = record_bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(decode_tls_event(cut));
  }
}

TEST_CASE("a TLS event that lies about its sizes is refused") {
  constexpr auto huge = std::numeric_limits<std::uint32_t>::max();
  CHECK_FALSE(decode_tls_event(record_of(event_of(6, 6), "hello")));       // more than there is
  CHECK_FALSE(decode_tls_event(record_of(event_of(4, 5), "hello")));       // more captured than was there
  CHECK_FALSE(decode_tls_event(record_of(event_of(huge, huge), "hello"))); // an addition to it would wrap
  CHECK_FALSE(decode_tls_event(record_of(event_of(huge, huge - 87), "hello")));
}

TEST_CASE("a call of the largest size with nothing captured is a chunk of lost bytes") {
  const auto decoded = decode_tls_event(record_of(event_of(std::numeric_limits<std::uint32_t>::max(), 0)));
  REQUIRE(decoded);
  CHECK(decoded->chunk.size_original == 4294967295);
  CHECK(decoded->bytes.empty());
}

TEST_CASE("why a TLS event carries less than it stands for is told, and must fit its sizes") {
  const auto reasons =
      std::array{std::pair{CUT_CALL_LIMIT, chunk_cut::call_limit}, std::pair{CUT_READ_FAULT, chunk_cut::read_fault},
                 std::pair{CUT_UNSEEN, chunk_cut::unseen}};
  for (auto [told, meant] : reasons) {
    auto event = event_of(10, 5);
    event.cut = static_cast<std::uint8_t>(told);
    CHECK(decode_tls_event(record_of(event, "hello"))->chunk.cut == meant);
    event.size_original = 5;
    CHECK_FALSE(decode_tls_event(record_of(event, "hello")));
  }
  auto event = event_of(10, 5);
  event.cut = CUT_NONE;
  CHECK_FALSE(decode_tls_event(record_of(event, "hello")));
  event.cut = 4;
  CHECK_FALSE(decode_tls_event(record_of(event, "hello")));
}

TEST_CASE("a TLS event of an unknown kind, direction or library is refused") {
  for (auto value : {2, 3, 127, 255}) {
    auto kind = event_of(0, 0);
    kind.kind = static_cast<std::uint8_t>(value);
    CHECK_FALSE(decode_tls_event(record_of(kind)));
    auto way = event_of(0, 0);
    way.direction = static_cast<std::uint8_t>(value);
    CHECK_FALSE(decode_tls_event(record_of(way)));
    auto library = event_of(0, 0);
    library.library = static_cast<std::uint8_t>(std::max(value, 3));
    CHECK_FALSE(decode_tls_event(record_of(library)));
  }
}

TEST_CASE("an IPv4 socket has 4 bytes of address and no more") {
  const auto decoded = decode_tls_event(record_of(with_socket(4, EVIDENCE_INSIDE_CALL)));
  REQUIRE(decoded);
  REQUIRE(decoded->chunk.sockets);
  const auto& pair = *decoded->chunk.sockets;
  CHECK(pair.local == endpoint{ip_family::v4, {1, 2, 3, 4}, 443});
  CHECK(pair.remote == endpoint{ip_family::v4, {255, 254, 253, 252}, 65535});
  CHECK(pair.evidence == socket_evidence::inside_call);
}

TEST_CASE("an IPv6 socket has 16 bytes of address") {
  const auto decoded = decode_tls_event(record_of(with_socket(6, EVIDENCE_AFTER_WRITE)));
  REQUIRE(decoded);
  REQUIRE(decoded->chunk.sockets);
  const auto& pair = *decoded->chunk.sockets;
  CHECK(pair.local == endpoint{ip_family::v6, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 443});
  CHECK(pair.evidence == socket_evidence::after_write);
}

TEST_CASE("every other kind of evidence is kept") {
  const auto kept = [](std::uint8_t evidence) {
    const auto decoded = decode_tls_event(record_of(with_socket(4, evidence)));
    REQUIRE(decoded);
    REQUIRE(decoded->chunk.sockets);
    return decoded->chunk.sockets->evidence;
  };
  CHECK(kept(EVIDENCE_DESCRIPTOR) == socket_evidence::descriptor);
  CHECK(kept(EVIDENCE_BEFORE_READ) == socket_evidence::before_read);
  CHECK(kept(EVIDENCE_CIPHERTEXT) == socket_evidence::ciphertext);
}

TEST_CASE("a socket of no family or without evidence stays unknown and the chunk stays") {
  for (auto family : {0, 2, 5, 7, 10, 255}) {
    const auto decoded = decode_tls_event(record_of(with_socket(static_cast<std::uint8_t>(family), 1)));
    REQUIRE(decoded);
    CHECK_FALSE(decoded->chunk.sockets);
  }
  for (auto evidence : {0, 6, 255}) {
    const auto decoded = decode_tls_event(record_of(with_socket(4, static_cast<std::uint8_t>(evidence))));
    REQUIRE(decoded);
    CHECK_FALSE(decoded->chunk.sockets);
  }
}

TEST_CASE("a process record becomes an event field by field") {
  const auto event = decode_process_record(record_of(process_of(PROCESS_EXEC)));
  REQUIRE(event);
  CHECK(event->kind == process_event_kind::exec);
  CHECK(event->at == kernel_time{900});
  CHECK(event->pid == 12);
  CHECK(event->parent == 3);
  CHECK(event->comm == "curl");
  CHECK(event->path == "/usr/bin/curl");
  CHECK(event->cgroup == "session-1.scope");
}

TEST_CASE("fork, exec and exit are told apart and nothing else is believed") {
  CHECK(decode_process_record(record_of(process_of(PROCESS_FORK)))->kind == process_event_kind::fork);
  CHECK(decode_process_record(record_of(process_of(PROCESS_EXIT)))->kind == process_event_kind::exit);
  CHECK_FALSE(decode_process_record(record_of(process_of(3))));
  CHECK_FALSE(decode_process_record(record_of(process_of(255))));
}

TEST_CASE("texts that fill their field end where it ends") {
  auto process = process_of(PROCESS_EXEC);
  put(process.comm, "sixteen-letters!");
  put(process.cgroup, std::string(96, 'c'));
  put(process.path, std::string(256, 'p'));
  const auto event = decode_process_record(record_of(process));
  REQUIRE(event);
  CHECK(event->comm == "sixteen-letters!");
  CHECK(event->cgroup == std::string(96, 'c'));
  CHECK(event->path == std::string(256, 'p'));
}

TEST_CASE("a process record cut at any byte is refused") {
  const auto whole = record_of(process_of(PROCESS_EXEC));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    const auto cut = record_bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(decode_process_record(cut));
  }
}
