#include "actors/probes/probes_actor.hpp"

#include "actors/flow/stage.hpp"

#include <chrono>
#include <thread>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::drop_reason;

constexpr auto tally_interval = 500ms;
constexpr auto detach_threads_max = std::size_t{64};

/// Detaching waits for every CPU, some 50 ms a link, whatever the number of links that wait beside it.
void detach_all(std::map<file_id, std::vector<link_ptr>>& attached) {
  auto threads = std::vector<std::jthread>{};
  for (auto& [file, links] : attached) {
    if (threads.size() == detach_threads_max)
      threads.clear(); // joins
    threads.emplace_back([detaching = std::move(links)]() mutable { detaching.clear(); });
  }
  threads.clear();
  attached.clear();
}

void publish_tallies(probes_state& state) {
  auto tallies = state.programs->tallies();
  auto& status = *state.status;
  auto lost = [&](drop_reason reason, tally_kind kind) {
    status.dropped[static_cast<std::size_t>(reason)].store(tallies[kind].bytes, std::memory_order_relaxed);
    return tallies[kind].bytes;
  };
  auto not_sent = lost(drop_reason::ring_full, TALLY_LOST_RING_FULL) + lost(drop_reason::paused, TALLY_LOST_PAUSED) +
                  lost(drop_reason::connections_full, TALLY_LOST_CONNECTIONS);
  auto not_copied =
      lost(drop_reason::read_fault, TALLY_LOST_READ_FAULT) + lost(drop_reason::call_limit, TALLY_LOST_CALL_LIMIT);
  status.in.store(tallies[TALLY_SEEN].bytes, std::memory_order_relaxed);
  status.out.store(tallies[TALLY_SEEN].bytes - not_sent - not_copied, std::memory_order_relaxed);
}

} // namespace

probes_state::~probes_state() { detach_all(attached); }

probes_actor::behavior_type probes(probes_actor::stateful_pointer<probes_state> self, kernel_programs* programs,
                                   flow::actor_status* status) {
  flow::keep_exception_text(self);
  self->state.programs = programs;
  self->state.status = status;
  // What passed since a predecessor's probes were detached is unknown: no stream goes on across such a hole.
  programs->forget_connections();
  self->delayed_send(self, tally_interval, tick_atom_v);
  return {
      [self](drain_atom) {
        detach_all(self->state.attached);
        publish_tallies(self->state);
        self->quit();
      },
      [self](tick_atom) {
        publish_tallies(self->state);
        self->delayed_send(self, tally_interval, tick_atom_v);
      },
      [self](attach_atom, const attach_request& wanted) {
        // Asked again by a new rescan. Probes that are there twice would count every byte twice, and without any for a
        // moment bytes would be missing.
        if (self->state.attached.contains(wanted.file))
          return std::string{};
        auto links = self->state.programs->attach(wanted.path, wanted.functions);
        if (!links)
          return links.error().text;
        self->state.attached.emplace(wanted.file, std::move(*links));
        return std::string{};
      },
      [self](detach_atom, const file_id& file) { self->state.attached.erase(file); },
      [self](ignore_atom, std::uint32_t pid) { self->state.programs->ignore(pid); },
      [self](pause_atom, bool on) {
        self->state.programs->pause(on);
        return on;
      },
  };
}

} // namespace cleartap
