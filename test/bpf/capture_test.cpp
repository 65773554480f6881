// The kernel programs on this kernel, with a real TLS library.
#include "actors/probes/elf_symbols.hpp"
#include "actors/probes/kernel_programs.hpp"
#include "actors/ring/decode.hpp"
#include "actors/ring/kernel_rings.hpp"
#include "test/bpf/tls_talk.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <dlfcn.h>
#include <map>
#include <openssl/ssl.h>
#include <optional>
#include <unistd.h>

using namespace cleartap;

namespace {

/// The libssl that this program, and with it the children that talk, has loaded.
std::string own_libssl() {
  auto info = Dl_info{};
  REQUIRE(dladdr(reinterpret_cast<void*>(&SSL_read), &info) != 0);
  return info.dli_fname;
}

struct seen_chunk {
  tls_chunk chunk;
  std::string bytes;
};

class capture {
public:
  explicit capture(const kernel_options& options = {}) {
    auto loaded = kernel_programs::load(options);
    if (!loaded)
      SKIP(loaded.error().text);
    programs_.emplace(std::move(*loaded));
    auto rings = kernel_rings::open(programs_->tls_ring(), programs_->process_ring());
    REQUIRE(rings);
    rings_.emplace(std::move(*rings));
    attach();
  }

  void attach() {
    auto functions = find_functions(own_libssl(), probed_symbols());
    REQUIRE(functions);
    auto links = programs_->attach(own_libssl(), *functions);
    REQUIRE(links);
    links_ = std::move(*links);
  }

  /// What the process did, by the side of the connection: 0 wrote first (the client), 1 read first.
  std::vector<seen_chunk> chunks_of(pid_t pid) {
    auto seen = std::vector<seen_chunk>{};
    rings_->drain_tls(1 << 20, [&](std::span<const std::uint8_t> record) {
      auto decoded = decode_tls_event(record);
      REQUIRE(decoded);
      if (decoded->chunk.connection.tgid == static_cast<std::uint32_t>(pid))
        seen.push_back({decoded->chunk, {decoded->bytes.begin(), decoded->bytes.end()}});
    });
    return seen;
  }

  kernel_programs& programs() { return *programs_; }
  kernel_rings& rings() { return *rings_; }

private:
  std::optional<kernel_programs> programs_;
  std::optional<kernel_rings> rings_;
  std::vector<link_ptr> links_;
};

bool is_data(const seen_chunk& seen, direction way) {
  return seen.chunk.kind == chunk_kind::data && seen.chunk.way == way;
}

/// All bytes of the larger stream in this direction, joined by their offsets; a missing byte stays 0.
std::string stream(const std::vector<seen_chunk>& chunks, direction way) {
  auto streams = std::map<std::uint64_t, std::string>{};
  for (const auto& seen : chunks)
    if (is_data(seen, way)) {
      auto& bytes = streams[seen.chunk.connection.object];
      auto begin = static_cast<std::size_t>(seen.chunk.offset);
      bytes.resize(std::max(bytes.size(), begin + seen.chunk.size_original), '\0');
      bytes.replace(begin, seen.bytes.size(), seen.bytes);
    }
  auto largest = std::string{};
  for (auto& [object, bytes] : streams)
    if (bytes.size() > largest.size())
      largest = bytes;
  return largest;
}

std::string written(const std::vector<std::size_t>& sizes) {
  auto all = std::string{};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    all += talk_payload(i, sizes[i]);
  return all;
}

} // namespace

TEST_CASE("every byte arrives once at its position, whatever the sizes of writes and events") {
  auto event_bytes = GENERATE(1024u, 8192u, 65536u);
  auto sizes =
      std::vector<std::size_t>{1, 511, 512, 513, 1023, 1024, 1025, 2048, 2049, 8191, 8192, 8193, 65537, 262144};
  auto test = capture{{.event_bytes_max = event_bytes}};
  auto pid = run_in_child([&] { talk(sizes); });
  REQUIRE(pid > 0);
  auto chunks = test.chunks_of(pid);
  CHECK(stream(chunks, direction::outbound) == written(sizes));
  CHECK(stream(chunks, direction::inbound) == written(sizes));
  for (const auto& seen : chunks) {
    CHECK(seen.bytes.size() <= event_bytes);
    CHECK(seen.chunk.size_captured == seen.chunk.size_original);
  }
}

TEST_CASE("a call beyond the limit is cut, its length stays exact, and the next call is in place") {
  auto sizes = std::vector<std::size_t>{400 * 1024, 100};
  auto test = capture{};
  auto pid = run_in_child([&] { talk(sizes); });
  REQUIRE(pid > 0);
  auto chunks = test.chunks_of(pid);
  auto expected = written(sizes);
  std::fill(expected.begin() + CALL_BYTES_MAX, expected.begin() + 400 * 1024, '\0');
  CHECK(stream(chunks, direction::outbound) == expected);
  CHECK(test.programs().tallies()[TALLY_LOST_CALL_LIMIT].bytes == 400 * 1024 - CALL_BYTES_MAX);
}

TEST_CASE("a connection has its socket, its close, and another name than the next one at the same address") {
  auto test = capture{};
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

TEST_CASE("a process that is ignored, as cleartap's own are, leaves nothing") {
  auto test = capture{};
  talk({100});
  CHECK(test.chunks_of(getpid()).empty());
}

TEST_CASE("when the ring is full, what is lost is counted to the byte and leaves a hole of its length") {
  auto test = capture{};
  auto sizes = std::vector<std::size_t>(60, 256 * 1024); // 15 MiB each way, undrained, into 8 MiB
  auto pid = run_in_child([&] { talk(sizes); });
  REQUIRE(pid > 0);
  auto before = test.programs().tallies();
  CHECK(before[TALLY_LOST_RING_FULL].bytes > 0);
  auto arrived = std::uint64_t{0};
  for (const auto& seen : test.chunks_of(pid)) {
    arrived += seen.chunk.size_original;
    CHECK(seen.bytes.size() == seen.chunk.size_captured);
  }
  CHECK(before[TALLY_SEEN].bytes == arrived + before[TALLY_LOST_RING_FULL].bytes);
}

TEST_CASE("while paused nothing is copied, and what passes is counted and leaves a hole") {
  auto test = capture{};
  test.programs().pause(true);
  auto pid = run_in_child([&] { talk({5000}); });
  REQUIRE(pid > 0);
  for (const auto& seen : test.chunks_of(pid))
    CHECK(seen.chunk.kind == chunk_kind::closed);
  CHECK(test.programs().tallies()[TALLY_LOST_PAUSED].bytes == 2 * (5000 + 4));
  test.programs().pause(false);
  pid = run_in_child([&] { talk({5000}); });
  CHECK(stream(test.chunks_of(pid), direction::outbound) == written({5000}));
}

TEST_CASE("a program's start and end are told with its names, and the files that it maps") {
  auto test = capture{};
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
  for (auto transport : {uprobe_transport::multi, uprobe_transport::perf, uprobe_transport::tracefs}) {
    auto loaded = kernel_programs::load({}, transport, socket_source::none);
    granted += bool{loaded};
    if (!loaded)
      CHECK(loaded.error().text.find(": ") != std::string::npos);
  }
  if (granted == 0)
    SKIP("this kernel or these permissions grant no probes");
}
