#include "actors/probes/tally_ledgers.hpp"

namespace cleartap {

namespace {

using flow::drop_reason;

struct loss {
  drop_reason reason;
  tally_kind kind;
};

constexpr auto byte_losses =
    std::array{loss{drop_reason::ring_full, TALLY_LOST_RING_FULL}, loss{drop_reason::paused, TALLY_LOST_PAUSED},
               loss{drop_reason::rate, TALLY_LOST_RATE}, loss{drop_reason::connections_full, TALLY_LOST_CONNECTIONS},
               loss{drop_reason::not_http, TALLY_LOST_MUTED}};
constexpr auto event_losses =
    std::array{loss{drop_reason::threads_full, TALLY_LOST_THREADS}, loss{drop_reason::nested, TALLY_LOST_NESTED},
               loss{drop_reason::processes_full, TALLY_LOST_PROCESSES}};

/// Returns the sum.
template <class Losses>
std::uint64_t show_losses(const std::array<tally, TALLY_COUNT>& tallies, const Losses& losses, __u64 tally::* figure,
                          flow::ledger_status& ledger) noexcept {
  auto sum = std::uint64_t{0};
  for (const auto& each : losses) {
    ledger.dropped[static_cast<std::size_t>(each.reason)].store(tallies[each.kind].*figure, std::memory_order_relaxed);
    sum += tallies[each.kind].*figure;
  }
  return sum;
}

} // namespace

void show_tallies(const std::array<tally, TALLY_COUNT>& tallies, flow::ledger_status& bytes,
                  flow::ledger_status& events) noexcept {
  const auto seen = tallies[TALLY_SEEN];
  const auto not_sent = show_losses(tallies, byte_losses, &tally::bytes, bytes);
  bytes.in.store(seen.bytes, std::memory_order_relaxed);
  bytes.out.store(seen.bytes - not_sent, std::memory_order_relaxed);
  const auto unseen = show_losses(tallies, event_losses, &tally::events, events);
  events.in.store(seen.events + unseen, std::memory_order_relaxed);
  events.out.store(seen.events, std::memory_order_relaxed);
}

} // namespace cleartap
