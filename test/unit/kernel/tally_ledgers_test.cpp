#include "actors/probes/tally_ledgers.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using flow::drop_reason;

namespace {

std::uint64_t dropped(const flow::ledger_status& ledger) {
  auto sum = std::uint64_t{0};
  for (const auto& each : ledger.dropped)
    sum += each;
  return sum;
}

std::uint64_t dropped(const flow::ledger_status& ledger, drop_reason reason) {
  return ledger.dropped[static_cast<std::size_t>(reason)];
}

} // namespace

TEST_CASE("the kernel's counts are shown as bytes, and as events where no bytes are known") {
  auto tallies = std::array<tally, TALLY_COUNT>{};
  tallies[TALLY_SEEN] = {.events = 100, .bytes = 50'000};
  tallies[TALLY_LOST_RING_FULL] = {.events = 1, .bytes = 1000};
  tallies[TALLY_LOST_CONNECTIONS] = {.events = 2, .bytes = 2000};
  tallies[TALLY_LOST_PAUSED] = {.events = 3, .bytes = 3000};
  tallies[TALLY_LOST_RATE] = {.events = 4, .bytes = 4000};
  tallies[TALLY_LOST_THREADS] = {.events = 5, .bytes = 0};
  tallies[TALLY_LOST_NESTED] = {.events = 6, .bytes = 0};
  tallies[TALLY_LOST_PROCESSES] = {.events = 7, .bytes = 0};
  tallies[TALLY_CONNECTIONS_MADE] = {.events = 99, .bytes = 99};
  auto all = flow::directory{};
  auto& bytes = all.add_actor("probes", 0, "bytes");
  auto& events = all.add_ledger("kernel", 0, "events");
  for (auto again = 0; again < 2; ++again) {
    show_tallies(tallies, bytes, events);
    CHECK(bytes.in == 50'000);
    CHECK(bytes.out == 40'000);
    CHECK(dropped(bytes, drop_reason::ring_full) == 1000);
    CHECK(dropped(bytes, drop_reason::connections_full) == 2000);
    CHECK(dropped(bytes, drop_reason::paused) == 3000);
    CHECK(dropped(bytes, drop_reason::rate) == 4000);
    CHECK(dropped(bytes) == 10'000);
    CHECK(events.in == 118);
    CHECK(events.out == 100);
    CHECK(dropped(events, drop_reason::threads_full) == 5);
    CHECK(dropped(events, drop_reason::nested) == 6);
    CHECK(dropped(events, drop_reason::processes_full) == 7);
    CHECK(dropped(events) == 18);
  }
}
