// The kernel programs on this kernel, with a real TLS library.
#include "actors/probes/uprobe_trial.hpp"
#include "test/bpf/capture.hpp"

#include <catch2/generators/catch_generators.hpp>
#include <openssl/ssl.h>

using namespace cleartap;

namespace {

std::string libssl() { return library_of(&SSL_read); }

} // namespace

TEST_CASE("every byte arrives once at its position, whatever the sizes of writes and events") {
  auto event_bytes = GENERATE(1024u, 8192u, 65536u);
  auto sizes =
      std::vector<std::size_t>{1, 511, 512, 513, 1023, 1024, 1025, 2048, 2049, 8191, 8192, 8193, 65537, 262144};
  auto test = capture{libssl(), {.event_bytes_max = event_bytes}};
  auto pid = run_in_child([&] { talk(sizes); });
  REQUIRE(pid > 0);
  auto chunks = test.chunks_of(pid);
  CHECK((stream(chunks, direction::outbound) == written(sizes)));
  CHECK((stream(chunks, direction::inbound) == written(sizes)));
  for (const auto& seen : chunks) {
    CHECK(seen.bytes.size() <= event_bytes);
    CHECK(seen.chunk.size_captured == seen.chunk.size_original);
  }
}

TEST_CASE("a call beyond the limit is cut, its length stays exact, and the next call is in place") {
  constexpr auto size = std::size_t{1300 * 1024};
  auto sizes = std::vector<std::size_t>{size, 100};
  auto test = capture{libssl()};
  auto pid = run_in_child([&] { talk(sizes); });
  REQUIRE(pid > 0);
  auto chunks = test.chunks_of(pid);
  auto expected = written(sizes);
  std::fill(expected.begin() + CALL_BYTES_MAX, expected.begin() + size, '\0');
  CHECK((stream(chunks, direction::outbound) == expected));
  auto cut = std::uint64_t{0};
  for (const auto& seen : chunks)
    if (seen.chunk.cut == chunk_cut::call_limit)
      cut += seen.chunk.size_original - seen.chunk.size_captured;
  CHECK(cut == size - CALL_BYTES_MAX);
}

TEST_CASE("a connection has its socket, its close, and another name than the next one at the same address") {
  auto test = capture{libssl()};
  auto pid = run_in_child([&] {
    talk({100});
    talk({100});
  });
  REQUIRE(pid > 0);
  auto ports = std::map<connection_id, endpoint>{};
  auto closed = 0;
  for (const auto& seen : test.chunks_of(pid)) {
    REQUIRE(seen.chunk.sockets);
    CHECK(seen.chunk.sockets->evidence == socket_evidence::inside_call);
    CHECK(to_string(seen.chunk.sockets->local).starts_with("127.0.0.1:"));
    auto [known, added] = ports.try_emplace(seen.chunk.connection, seen.chunk.sockets->local);
    CHECK(known->second == seen.chunk.sockets->local);
    closed += seen.chunk.kind == chunk_kind::closed;
  }
  CHECK(ports.size() == 4);
  CHECK(closed == 4);
}

TEST_CASE("a process that is ignored leaves nothing, also while it runs, nor do the children that it forks") {
  auto test = capture{libssl()};
  const auto self = static_cast<std::uint32_t>(getpid());
  talk({100});
  CHECK_FALSE(test.chunks_of(getpid()).empty());
  test.programs().ignore(self, true);
  talk({100});
  CHECK(test.chunks_of(getpid()).empty());
  auto child = run_in_child([] { talk({100}); });
  REQUIRE(child > 0);
  CHECK(test.chunks_of(child).empty());
  test.programs().ignore(self, false);
  talk({100});
  CHECK_FALSE(test.chunks_of(getpid()).empty());
}

TEST_CASE("when the ring is full, what is lost is counted to the byte and leaves a hole of its length") {
  auto test = capture{libssl()};
  auto sizes = std::vector<std::size_t>(60, 256 * 1024); // 15 MiB each way, undrained, into 8 MiB
  auto pid = run_in_child([&] { talk(sizes); });
  REQUIRE(pid > 0);
  auto tallies = test.programs().tallies();
  auto arrived = std::uint64_t{0};
  for (const auto& seen : test.chunks_of(pid)) {
    arrived += seen.chunk.size_original;
    CHECK(seen.bytes.size() == seen.chunk.size_captured);
  }
  const auto total = 2 * (60 * std::uint64_t{256 * 1024} + 4);
  REQUIRE(arrived < total);
  CHECK(tallies[TALLY_LOST_RING_FULL].bytes == total - arrived);
  CHECK(tallies[TALLY_SEEN].bytes == total);
}

TEST_CASE("while paused nothing is copied, and what passes is counted and leaves a hole") {
  auto test = capture{libssl()};
  test.programs().pause(true);
  CHECK(test.programs().paused());
  auto pid = run_in_child([&] { talk({5000}); });
  REQUIRE(pid > 0);
  for (const auto& seen : test.chunks_of(pid))
    CHECK(seen.chunk.kind == chunk_kind::closed);
  CHECK(test.programs().tallies()[TALLY_LOST_PAUSED].bytes == 2 * (5000 + 4));
  test.programs().pause(false);
  pid = run_in_child([&] { talk({5000}); });
  CHECK((stream(test.chunks_of(pid), direction::outbound) == written({5000})));
}

TEST_CASE("a program's start and end are told with its names, and the files that it maps") {
  auto test = capture{libssl()};
  auto shell = run_in_child([] { execl("/bin/sh", "sh", "-c", ":", nullptr); });
  REQUIRE(shell > 0);
  auto started = false;
  auto ended = false;
  test.rings().drain_processes(1 << 20, [&](std::span<const std::uint8_t> record) {
    auto event = decode_process_record(record);
    REQUIRE(event);
    if (event->pid != static_cast<std::uint32_t>(shell))
      return;
    if (event->kind == process_event_kind::exec) {
      CHECK(event->path == "/bin/sh");
      CHECK(event->comm == "sh");
      CHECK(event->parent == static_cast<std::uint32_t>(getpid()));
      started = true;
    }
    ended = ended || event->kind == process_event_kind::exit;
  });
  CHECK(started);
  CHECK(ended);
  auto events = std::vector<process_event>{};
  test.rings().drain_mappings(events);
  CHECK(std::ranges::any_of(events, [&](const process_event& event) {
    return event.pid == static_cast<std::uint32_t>(shell) && event.path.find("libc") != std::string::npos &&
           event.file.inode != 0;
  }));
}

TEST_CASE("programs load and attach by every way that this kernel grants, and say why by the others") {
  auto granted = 0;
  for (auto transport : uprobe_transports) {
    auto tried = try_transport(transport);
    auto loaded = kernel_programs::load({.wishes = {.transport = transport}});
    INFO(to_string(transport) << ": " << (loaded ? "" : loaded.error().text));
    CHECK(bool{loaded} == bool{tried});
    granted += bool{loaded};
    if (!loaded)
      CHECK(loaded.error().text.find(std::string{to_string(transport)} + ": ") != std::string::npos);
  }
  if (granted == 0)
    SKIP("this kernel or these permissions grant no probes");
}
