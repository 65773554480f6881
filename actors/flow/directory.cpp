#include "actors/flow/directory.hpp"

#include <utility>

namespace cleartap::flow {

namespace {

constexpr auto reason_names = std::array<std::string_view, static_cast<std::size_t>(drop_reason::count_)>{
    "ring_full",   "rate",           "paused",     "connections_full", "threads_full",
    "nested",      "processes_full", "queue_full", "consumer_lost",    "producer_lost",
    "not_http",    "resync",         "read_fault", "call_limit",       "unseen",
    "parse_error", "limit",          "pushed",     "overlap",          "malformed_event",
    "buffer_full", "not_delivered",  "duplicate",  "not_learned",      "watcher_slow",
    "sampled",     "excluded"};

constexpr auto phase_names =
    std::array<std::string_view, 6>{"starting", "running", "backing_off", "draining", "stopped", "failed"};

std::uint64_t sum(const drop_counters& dropped) noexcept {
  auto units = std::uint64_t{0};
  for (const auto& each : dropped)
    units += each.load(std::memory_order_relaxed);
  return units;
}

void sample_ledger(ledger_status& ledger, std::chrono::steady_clock::time_point now) noexcept {
  ledger.in_rate.sample(ledger.in.load(std::memory_order_relaxed), now);
  ledger.dropped_rate.sample(sum(ledger.dropped), now);
}

} // namespace

std::string_view to_string(drop_reason reason) noexcept { return reason_names[static_cast<std::size_t>(reason)]; }

std::string_view to_string(actor_phase phase) noexcept { return phase_names[static_cast<std::size_t>(phase)]; }

ledger_status::ledger_status(std::string name_, std::size_t index_, std::string unit_)
    : name{std::move(name_)}, index{index_}, unit{std::move(unit_)} {}

edge_status::edge_status(std::string from_, std::string to_, std::string unit_, std::size_t lanes_,
                         std::size_t batch_max_, std::size_t credit_max_, std::size_t queue_max_)
    : from{std::move(from_)}
    , to{std::move(to_)}
    , unit{std::move(unit_)}
    , lanes{lanes_}
    , batch_max{batch_max_}
    , credit_max{credit_max_}
    , queue_max{queue_max_} {}

actor_status& directory::add_actor(std::string name, std::size_t index, std::string unit) {
  auto guard = std::lock_guard{mutex_};
  return actors_.emplace_back(std::move(name), index, std::move(unit));
}

ledger_status& directory::add_ledger(std::string name, std::size_t index, std::string unit) {
  auto guard = std::lock_guard{mutex_};
  return ledgers_.emplace_back(std::move(name), index, std::move(unit));
}

figures_status& directory::add_figures(std::string owner, std::size_t index, std::string what,
                                       std::span<const std::string_view> names) {
  auto guard = std::lock_guard{mutex_};
  return figures_.emplace_back(std::move(owner), index, std::move(what), names);
}

edge_status& directory::add_edge(std::string from, std::string to, std::string unit, std::size_t lanes,
                                 std::size_t batch_max, std::size_t credit_max, std::size_t queue_max) {
  auto guard = std::lock_guard{mutex_};
  return edges_.emplace_back(std::move(from), std::move(to), std::move(unit), lanes, batch_max, credit_max, queue_max);
}

void directory::sample(std::chrono::steady_clock::time_point now) {
  auto guard = std::lock_guard{mutex_};
  for (auto& actor : actors_)
    sample_ledger(actor, now);
  for (auto& ledger : ledgers_)
    sample_ledger(ledger, now);
  for (auto& edge : edges_) {
    edge.delivered_rate.sample(edge.delivered.load(std::memory_order_relaxed), now);
    edge.dropped_rate.sample(sum(edge.dropped), now);
  }
}

void directory::for_each_actor(const std::function<void(const actor_status&)>& visit) const {
  auto guard = std::lock_guard{mutex_};
  for (const auto& actor : actors_)
    visit(actor);
}

void directory::for_each_ledger(const std::function<void(const ledger_status&)>& visit) const {
  auto guard = std::lock_guard{mutex_};
  for (const auto& actor : actors_)
    if (!actor.unit.empty())
      visit(actor);
  for (const auto& ledger : ledgers_)
    visit(ledger);
}

void directory::for_each_figures(const std::function<void(const figures_status&)>& visit) const {
  auto guard = std::lock_guard{mutex_};
  for (const auto& each : figures_)
    visit(each);
}

void directory::for_each_edge(const std::function<void(const edge_status&)>& visit) const {
  auto guard = std::lock_guard{mutex_};
  for (const auto& edge : edges_)
    visit(edge);
}

} // namespace cleartap::flow
