// Who is in the pipeline and how much went where, as counters that any thread may read, so that a stuck actor is
// visible too. Refuses to know messages and actors.
#pragma once

#include "actors/flow/rate.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cleartap::flow {

/// Why something did not go on. Each is counted where it happens.
enum class drop_reason : std::uint8_t {
  ring_full,        // kernel: no room in the ring buffer
  rate,             // kernel: a process over its rate
  paused,           // kernel: capture was paused by a user
  connections_full, // a connection table is full
  threads_full,     // kernel: no room to follow another thread; events
  nested,           // kernel: more calls inside each other than are followed; events
  processes_full,   // kernel: no room for a record of a process; events
  queue_full,       // flow: no credit, and the queue is full
  consumer_lost,    // flow: the consumer ended with the batch in its mailbox, or at work on it
  producer_lost,    // flow: the producer ended with the batch waiting for credit
  not_http,         // streams: another protocol; kernel: of a connection that streams has seen to speak one
  resync,           // streams: before the first message start that could be recognised
  read_fault,       // streams: the payload's page was not there
  call_limit,       // streams: beyond the limit of one call
  unseen,           // streams: never in the program's memory
  parse_error,      // streams
  limit,            // streams: a head over its limit
  pushed,           // streams: what a server sends unasked
  overlap,          // streams: seen before
  malformed_event,  // ring: not what the kernel programs write
  buffer_full,      // uplink: more exchanges than may wait for acknowledgement
  not_delivered,    // uplink: the process ended before the reconstructor had them
  duplicate,        // intake: delivered before
  not_learned,      // inventory: no endpoint can be named
  watcher_slow,     // feed: a watcher does not keep up
  sampled,          // uplink: body bytes left out to keep bodies.rate_max
  excluded,         // enrichment: of a program in discovery.exclude, whose calls were under way before the kernel knew
  count_
};

std::string_view to_string(drop_reason reason) noexcept;

using counter = std::atomic<std::uint64_t>;
using drop_counters = std::array<counter, static_cast<std::size_t>(drop_reason::count_)>;

enum class actor_phase : std::uint8_t { starting, running, backing_off, draining, stopped, failed };

std::string_view to_string(actor_phase phase) noexcept;

/// What came in, went on, waits and was dropped, in one unit. Balances once its owner is at rest:
/// in == out + sum of dropped + queued.
struct ledger_status {
  ledger_status(std::string name_, std::size_t index_, std::string unit_);

  const std::string name;
  const std::size_t index;
  const std::string unit; // "bytes" or "exchanges" or "events"; empty: nothing is counted here

  counter in{0};
  counter out{0};
  counter queued{0};
  drop_counters dropped{};
  rate in_rate;
  rate dropped_rate;

  void drop(drop_reason reason, std::uint64_t units) noexcept {
    dropped[static_cast<std::size_t>(reason)].fetch_add(units, std::memory_order_relaxed);
  }
};

/// One actor's figures.
struct actor_status : ledger_status {
  using ledger_status::ledger_status;

  std::atomic<actor_phase> phase{actor_phase::starting};
  counter restarts{0};
  counter mailbox{0}; // parcels sent to the actor and not opened yet
  counter messages_in{0};
  counter messages_out{0};
};

/// Counts by name that are in no ledger, such as how often each limit was reached.
struct figures_status {
  figures_status(std::string owner_, std::size_t index_, std::string what_, std::span<const std::string_view> names_)
      : owner{std::move(owner_)}
      , index{index_}
      , what{std::move(what_)}
      , names{names_.begin(), names_.end()}
      , counts(names_.size()) {}

  const std::string owner; // the actor
  const std::size_t index;
  const std::string what;                    // in snake_case: becomes a part of a metric's name
  const std::vector<std::string_view> names; // of static storage
  std::vector<counter> counts;               // one for each name
};

/// One edge's figures, summed over its producers and consumers. Ledger, in `unit`:
/// offered == delivered + waiting + in mailboxes + sum of dropped.
struct edge_status {
  edge_status(std::string from_, std::string to_, std::string unit_, std::size_t lanes_, std::size_t batch_max_,
              std::size_t credit_max_, std::size_t queue_max_);

  const std::string from;
  const std::string to;
  const std::string unit;
  const std::size_t lanes;
  const std::size_t batch_max;
  const std::size_t credit_max;
  const std::size_t queue_max;

  counter offered{0};
  counter delivered{0};
  counter batches{0};   // sent
  counter under_way{0}; // batches sent whose consumer has not finished
  counter waiting{0};   // units without credit
  drop_counters dropped{};
  rate delivered_rate;
  rate dropped_rate;
  std::atomic<bool> wanted{true}; // an optional consumer may want nothing for now

  void drop(drop_reason reason, std::uint64_t units) noexcept {
    dropped[static_cast<std::size_t>(reason)].fetch_add(units, std::memory_order_relaxed);
  }
};

/// Entries are added while the system is wired and live as long as the directory.
class directory {
public:
  actor_status& add_actor(std::string name, std::size_t index, std::string unit);

  /// A ledger beside those of the actors, for what is counted in another unit than the actor's own. No actor has its
  /// name.
  ledger_status& add_ledger(std::string name, std::size_t index, std::string unit);

  figures_status& add_figures(std::string owner, std::size_t index, std::string what,
                              std::span<const std::string_view> names);

  edge_status& add_edge(std::string from, std::string to, std::string unit, std::size_t lanes, std::size_t batch_max,
                        std::size_t credit_max, std::size_t queue_max);

  /// Reads all counters for their rates. One actor of the process calls this, once a second.
  void sample(std::chrono::steady_clock::time_point now);

  void for_each_actor(const std::function<void(const actor_status&)>& visit) const;

  /// The ledgers of the actors that keep one, then the others.
  void for_each_ledger(const std::function<void(const ledger_status&)>& visit) const;
  void for_each_figures(const std::function<void(const figures_status&)>& visit) const;
  void for_each_edge(const std::function<void(const edge_status&)>& visit) const;

private:
  mutable std::mutex mutex_;
  std::deque<actor_status> actors_;
  std::deque<ledger_status> ledgers_;
  std::deque<figures_status> figures_;
  std::deque<edge_status> edges_;
};

} // namespace cleartap::flow
