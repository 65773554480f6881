#include "actors/rescan/rescan_actor.hpp"

#include "actors/coverage/tls_stack.hpp"
#include "actors/enrichment/proc_files.hpp"
#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"
#include "actors/redaction/redact.hpp"
#include "actors/redaction/rules.hpp"
#include "actors/rescan/proc_maps.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 100ms; // ClientHellos are fetched as often: their processes may be short-lived
constexpr auto sweep_interval = 1s;

using self_pointer = rescan_actor::stateful_pointer<rescan_state>;

std::chrono::seconds now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch());
}

bool is_alive(std::uint32_t pid) { return access(("/proc/" + std::to_string(pid)).c_str(), F_OK) == 0; }

void count_watched(const rescan_state& state) {
  state.watched->libraries = state.table->libraries();
  state.watched->processes = state.table->processes();
}

process_tls tls_of(const rescan_state& state, std::uint32_t pid) {
  return {state.table->used_by(pid, now()), state.ignored->excluded_by(pid)};
}

void forget_library(rescan_state& state, file_id file) {
  state.table->drop_library(file);
  state.files.erase(file);
}

void refuse(rescan_state& state, file_id file, const std::string& why) {
  state.table->refused(file, why, now());
  state.files.erase(file);
}

void attach(self_pointer self, const attach_request& wanted) {
  auto& state = self->state;
  if (!state.probes)
    return forget_library(state, wanted.file);
  self->request(state.probes, 10s, attach_atom_v, wanted)
      .then(
          [self, file = wanted.file](const attach_outcome& outcome) {
            auto& st = self->state;
            const auto path = st.files.contains(file) ? st.files[file].path : std::string{};
            if (outcome.refusal.empty()) {
              spdlog::info("probes attached to {}", path);
              if (!outcome.left_out.empty())
                spdlog::warn("{} is captured in part: {}", path, outcome.left_out);
              st.table->attached(file, now(), outcome);
            } else {
              spdlog::warn("{} is not captured: {}", path, outcome.refusal);
              refuse(st, file, outcome.refusal);
            }
            count_watched(st);
          },
          [self, file = wanted.file](const caf::error& error) {
            spdlog::warn("{} is not captured: {}", self->state.files[file].path, self->system().render(error));
            forget_library(self->state, file);
          });
}

/// Looks at a file that was never looked at. Only now is it asked what a file is called of which just numbers were
/// told.
void inspect(self_pointer self, process_event mapping) {
  auto& state = self->state;
  if (mapping.path.empty())
    mapping.path = path_of("/proc", mapping.pid, mapping.file).value_or(std::string{});
  auto opened = open_mapped("/proc", mapping);
  if (!opened)
    return; // the process is gone and the file cannot be found: the next user shows it again
  auto contents = state.tools.look(opened->way());
  if (!contents || (contents->obstacle.empty() && contents->functions.empty()))
    return state.table->learn_other(mapping.file);
  auto true_file = state.tools.identify ? state.tools.identify(opened->fd.get()) : std::nullopt;
  auto file = true_file.value_or(mapping.file);
  if (file != mapping.file) {
    state.table->alias(mapping.file, file);
    if (state.table->mapped(mapping.pid, file) == file_verdict::known)
      return; // another container has the same file
  }
  // Counted as a library at once, so that its next user does not ask again.
  state.table->learn_library(mapping.pid, file, {mapping.path, contents->functions.size(), now(), contents->family});
  auto wanted = attach_request{file, opened->way(), std::move(contents->functions)};
  state.files.insert_or_assign(file, std::move(*opened));
  if (contents->obstacle.empty())
    attach(self, wanted);
  else
    refuse(state, file, contents->obstacle);
}

void on_mapping(self_pointer self, const process_event& mapping) {
  auto& state = self->state;
  // An executable is mapped before its libraries.
  if (std::ranges::find(state.own_files, mapping.file) != state.own_files.end())
    state.ignored->is_own(mapping.pid);
  if (state.ignored->contains(mapping.pid))
    return;
  switch (state.table->mapped(mapping.pid, mapping.file)) {
  case file_verdict::known:
    break;
  case file_verdict::unknown:
    inspect(self, mapping);
    break;
  case file_verdict::too_many:
    if (!std::exchange(state.told_too_many, true))
      spdlog::warn("{} and maybe more files are not looked at: discovery.libraries_max is reached",
                   mapping.path.empty() ? "a file" : mapping.path);
    break;
  }
}

void scan(self_pointer self) {
  auto& state = self->state;
  state.table->forget_others();
  state.told_too_many = false;
  const auto look_at_programs = state.ignored->excludes_any();
  auto process = [&](std::uint32_t pid) {
    if (look_at_programs)
      state.ignored->runs(pid, read_executable("/proc", pid));
    return !state.ignored->contains(pid);
  };
  auto refused = scan_processes("/proc", {process, [&](const process_event& mapping) { on_mapping(self, mapping); }});
  if (refused > 0)
    spdlog::warn("{} of the processes could not be looked at; root or CAP_SYS_PTRACE may look at most of them",
                 refused);
  if (state.scan_interval > 0s)
    state.scan_due = std::chrono::steady_clock::now() + state.scan_interval;
  count_watched(state);
}

/// The process runs another program from now on.
void on_program(rescan_state& state, std::uint32_t pid, const std::string& executable) {
  state.table->process_gone(pid, now());
  state.ignored->begins(pid);
  state.ignored->runs(pid, executable);
}

void on_event(self_pointer self, const process_event& event) {
  auto& state = self->state;
  const auto ends = event.kind == process_event_kind::exit;
  state.coverage->apply(event, now(), ends ? tls_of(state, event.pid) : process_tls{});
  switch (event.kind) {
  case process_event_kind::program:
    state.programs_told = true;
    on_program(state, event.pid, event.path);
    on_mapping(self, event);
    break;
  case process_event_kind::mapping:
    on_mapping(self, event);
    break;
  case process_event_kind::mappings_lost:
    scan(self);
    break;
  case process_event_kind::exec: // else its file may be known already as one that it uses
    if (!state.programs_told)
      on_program(state, event.pid, state.ignored->excludes_any() ? read_executable("/proc", event.pid) : "");
    break;
  case process_event_kind::exit:
    state.table->process_gone(event.pid, now());
    state.ignored->gone(event.pid);
    break;
  case process_event_kind::fork: // a child uses what its parent has attached
    state.table->forked(event.parent, event.pid);
    state.ignored->forked(event.parent, event.pid);
    break;
  case process_event_kind::plaintext:
    break;
  }
}

/// A scan finds what there was no room for and what is no longer excluded, and begins the new interval.
void take_over(self_pointer self, const settings& config) {
  auto& state = self->state;
  const auto& wanted = config.discovery;
  state.table->limit(wanted.libraries_max, wanted.unused_max);
  state.coverage->limit(config.coverage.processes_max);
  state.policy = policy_of_all(config.redaction);
  const auto more = std::exchange(state.libraries_max, wanted.libraries_max) < wanted.libraries_max;
  const auto other_pace = std::exchange(state.scan_interval, wanted.rescanInterval) != wanted.rescanInterval;
  const auto others_excluded = std::exchange(state.excluded, wanted.exclude) != wanted.exclude;
  if (others_excluded)
    state.ignored->exclude(exclusion{wanted.exclude});
  if (more || others_excluded || (other_pace && state.scan_interval > 0s))
    scan(self);
}

/// The first scan's attachments are answered by probes in the order asked, so an answer to one more request means that
/// all of them are done.
void announce_scanned(self_pointer self) {
  self->request(self->state.probes, 30s, attach_atom_v, attach_request{})
      .then([self](const attach_outcome&) { self->state.watched->scanned = true; },
            [self](const caf::error&) { self->state.watched->scanned = true; });
}

/// Lets go what nobody uses any more.
void sweep(self_pointer self) {
  auto& state = self->state;
  state.table->drop_gone(is_alive, now());
  state.ignored->drop_gone(is_alive);
  auto look = reachability{"/proc"};
  auto gone = [&](file_id file) {
    auto found = state.files.find(file);
    return found != state.files.end() && !look.reachable(found->second);
  };
  for (auto file : state.table->take_unused(now(), gone)) {
    state.files.erase(file);
    if (state.probes)
      self->send(state.probes, detach_atom_v, file);
  }
  if (state.scan_interval > 0s && std::chrono::steady_clock::now() >= state.scan_due)
    scan(self);
  count_watched(state);
}

void tick(self_pointer self) {
  auto& state = self->state;
  const auto time = std::chrono::steady_clock::now();
  state.coverage->poll(
      time, [&](std::uint32_t pid) { return tls_of(state, pid); },
      [&](std::uint32_t pid) { // cleartap's own
        return state.ignored->contains(pid) && state.ignored->excluded_by(pid).empty();
      });
  if (time < state.sweep_due)
    return;
  state.sweep_due = time + sweep_interval;
  sweep(self);
}

std::optional<process_facts> read_facts(std::uint32_t pid) {
  auto facts = read_proc("/proc", pid);
  if (!facts)
    return std::nullopt;
  return process_facts{facts->parent, facts->comm, facts->exe, container_id(facts->cgroup)};
}

void prepare(self_pointer self, const settings& config) {
  auto& state = self->state;
  state.libraries_max = config.discovery.libraries_max;
  state.table.emplace(state.libraries_max, config.discovery.unused_max);
  state.scan_interval = config.discovery.rescanInterval;
  state.own_files = own_executable("/proc");
  state.excluded = config.discovery.exclude;
  state.ignored.emplace([self](const ignore_request& what) {
    if (self->state.probes)
      self->send(self->state.probes, ignore_atom_v, what);
  });
  state.ignored->exclude(exclusion{state.excluded});
  state.policy = policy_of_all(config.redaction);
  state.coverage.emplace(
      config.coverage.processes_max, state.tools.hellos ? state.tools.hellos(config) : hello_source{},
      process_source{is_alive, read_facts, [stacks = std::make_shared<tls_stacks>("/proc")](std::uint32_t pid) {
                       return stacks->find(pid);
                     }});
}

} // namespace

rescan_actor::behavior_type rescan(self_pointer self, const settings* config, flow::actor_status* status,
                                   watch_status* watched, discovery_tools tools) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::count_unfinished(*status);
  state.watched = watched;
  state.tools = std::move(tools);
  prepare(self, *config);
  self->delayed_send(self, tick_interval, tick_atom_v);
  return {
      [self](drain_atom) { self->quit(); },
      [self](const flow::parcel<process_batch>& parcel) {
        auto delivery = parcel.open();
        for (const auto& event : delivery.batch.events)
          on_event(self, event);
        self->state.status->out += delivery.batch.units();
        count_watched(self->state);
      },
      [self](const probes_actor& probes) {
        // Fresh probes know of no library: all are attached again.
        self->state.probes = probes;
        self->state.table->clear();
        self->state.files.clear();
        self->state.ignored->clear();
        scan(self);
        announce_scanned(self);
      },
      [self](const new_settings& news) { take_over(self, *news.now); },
      [self](rescan_atom) { scan(self); },
      [self](list_atom) { return self->state.table->rows(now()); },
      [self](coverage_atom) {
        auto report =
            self->state.coverage->report(now(), [self](std::uint32_t pid) { return tls_of(self->state, pid); });
        for (auto& row : report.rows) // whoever connects writes what it likes in its ClientHello
          redact(row.server_name, *self->state.policy);
        return report;
      },
      [self](tick_atom) {
        tick(self);
        self->delayed_send(self, tick_interval, tick_atom_v);
      },
  };
}

} // namespace cleartap
