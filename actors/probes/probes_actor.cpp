#include "actors/probes/probes_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/probes/tally_ledgers.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto tally_interval = 500ms;
constexpr auto detach_threads_max = std::size_t{64};

/// Detaching waits for every CPU, some 50 ms a link, whatever the number of links that wait beside it.
void detach(attached_probes probes) {
  auto threads = std::vector<std::jthread>{};
  for (auto& each : probes) {
    if (threads.size() == detach_threads_max)
      threads.clear(); // joins
    threads.emplace_back([detaching = std::move(each)] {});
  }
}

void detach_all(std::map<file_id, attached_probes>& attached) {
  auto all = attached_probes{};
  for (auto& [file, probes] : attached)
    std::ranges::move(probes, std::back_inserter(all));
  attached.clear();
  detach(std::move(all));
}

void publish_tallies(const probes_state& state) {
  show_tallies(state.programs->tallies(), *state.status, *state.events);
}

} // namespace

probes_state::~probes_state() { detach_all(attached); }

probes_actor::behavior_type probes(probes_actor::stateful_pointer<probes_state> self, const settings* config,
                                   kernel_programs* programs, flow::actor_status* status, flow::ledger_status* events) {
  flow::keep_exception_text(self);
  self->state.programs = programs;
  self->state.status = status;
  self->state.events = events;
  self->state.idle_max = config->streams.idle_max;
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
        self->state.programs->sweep_connections(self->state.idle_max);
        self->delayed_send(self, tally_interval, tick_atom_v);
      },
      [self](attach_atom, const attach_request& wanted) {
        // Asked again by a new rescan. Probes that are there twice would count every byte twice, and without any for a
        // moment bytes would be missing.
        const auto choice = self->state.programs->choice();
        auto how = std::string{to_string(choice.transport)} + ", " + std::string{to_string(choice.returns)};
        if (self->state.attached.contains(wanted.file))
          return attach_outcome{.how = how};
        auto attached = self->state.programs->attach(wanted.path, wanted.functions);
        if (!attached)
          return attach_outcome{.refusal = attached.error().text};
        self->state.attached.emplace(wanted.file, std::move(attached->probes));
        return attach_outcome{
            .functions = attached->functions, .left_out = std::move(attached->left_out), .how = std::move(how)};
      },
      [self](detach_atom, const file_id& file) {
        if (auto node = self->state.attached.extract(file))
          detach(std::move(node.mapped()));
      },
      [self](ignore_atom, const ignore_request& whom) { self->state.programs->ignore(whom.pid, whom.on); },
      [self](pause_atom, bool on) {
        self->state.programs->pause(on);
        return on;
      },
  };
}

} // namespace cleartap
