// Every way of capturing, on this kernel: what the kernel does not prefer must work as well.
#include "test/bpf/capture.hpp"

#include <catch2/generators/catch_generators.hpp>
#include <openssl/ssl.h>
#include <set>

using namespace cleartap;

namespace {

const auto sizes = std::vector<std::size_t>{1, 513, 8192, 8193, 100'000, 1024 * 1024 + 64 * 1024};

void check_whole(capture& test) {
  INFO(test.attached().functions << " functions; left out: " << test.attached().left_out);
  auto pid = run_in_child([] { talk(sizes); });
  REQUIRE(pid > 0);
  auto chunks = test.chunks_of(pid);
  CHECK((stream(chunks, direction::outbound) == written(sizes)));
  CHECK((stream(chunks, direction::inbound) == written(sizes)));
  CHECK(std::ranges::count(chunks, chunk_kind::closed, [](const auto& each) { return each.chunk.kind; }) == 2);
}

/// Room for all that one talk writes, also where the programs cannot wait for a reader.
kernel_options with(const capture_wishes& wishes) { return {.ring_pages = 1024, .wishes = wishes}; }

} // namespace

TEST_CASE("every transport that is granted, and every way to notice returns, carries every byte") {
  auto transport = GENERATE(uprobe_transport::multi, uprobe_transport::perf, uprobe_transport::tracefs);
  auto returns = GENERATE(return_probing::probe, return_probing::instruction);
  INFO(to_string(transport) << ", " << to_string(returns));
  auto test = capture{library_of(&SSL_read), with({.transport = transport, .returns = returns})};
  check_whole(test);
}

TEST_CASE("return instructions are found in a library that somebody probes already") {
  const auto wishes = capture_wishes{.returns = return_probing::instruction};
  auto first = capture{library_of(&SSL_read), with(wishes)};
  auto second = capture{library_of(&SSL_read), with(wishes)};
  CHECK(first.attached().functions > 5);
  CHECK(second.attached().functions == first.attached().functions);
  check_whole(second);
}

TEST_CASE("programs that read no kernel structure carry every byte and name the descriptor of a socket") {
  auto variant = GENERATE(program_variant::untyped, program_variant::early);
  INFO(to_string(variant));
  auto test = capture{library_of(&SSL_read), with({.variant = variant})};
  check_whole(test);
  auto pid = run_in_child([] { talk({100}); });
  REQUIRE(pid > 0);
  auto chunks = test.chunks_of(pid);
  REQUIRE_FALSE(chunks.empty());
  for (const auto& seen : chunks) {
    CHECK_FALSE(seen.chunk.sockets);
    CHECK(seen.chunk.descriptor.value_or(-1) > 2);
  }
}

TEST_CASE("without a view on TCP the descriptor that the library names tells the socket") {
  auto test = capture{library_of(&SSL_read), with({.sockets = socket_source::none})};
  auto pid = run_in_child([] { talk({100}); });
  REQUIRE(pid > 0);
  auto ports = std::set<std::uint16_t>{};
  for (const auto& seen : test.chunks_of(pid)) {
    REQUIRE(seen.chunk.sockets);
    CHECK(seen.chunk.sockets->evidence == socket_evidence::descriptor);
    ports.insert(seen.chunk.sockets->local.port);
  }
  CHECK(ports.size() == 2);
}

TEST_CASE("a process over its rate is not copied, which is counted and leaves a hole of its length") {
  auto test = capture{library_of(&SSL_read), {.process_rate_max = 50'000}};
  auto pid = run_in_child([] { talk({40'000, 40'000}); });
  REQUIRE(pid > 0);
  auto arrived = std::uint64_t{0};
  for (const auto& seen : test.chunks_of(pid))
    arrived += seen.bytes.size();
  CHECK(arrived > 0);
  CHECK(arrived <= 50'000);
  CHECK(test.programs().tallies()[TALLY_LOST_RATE].bytes == 2 * (80'000 + 4) - arrived);
}
