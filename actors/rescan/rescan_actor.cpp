#include "actors/rescan/rescan_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"
#include "actors/rescan/proc_maps.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto sweep_interval = 1s;

using self_pointer = rescan_actor::stateful_pointer<rescan_state>;

std::chrono::seconds now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch());
}

file_id file_at(const fs::path& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0)
    return {};
  return {info.st_dev, info.st_ino};
}

/// Where the file can be opened: as its process sees it, or, if that has ended, under the same name here if it is the
/// same file.
std::optional<fs::path> reachable(const process_event& mapping) {
  auto through_process = fs::path{"/proc/" + std::to_string(mapping.pid) + "/root" + mapping.path};
  auto error = std::error_code{};
  if (fs::exists(through_process, error))
    return through_process;
  if (file_at(mapping.path).inode == mapping.file.inode)
    return mapping.path;
  return std::nullopt;
}

bool is_alive(std::uint32_t pid) { return access(("/proc/" + std::to_string(pid)).c_str(), F_OK) == 0; }

void count_watched(const rescan_state& state) {
  state.watched->libraries = state.table->libraries();
  state.watched->processes = state.table->processes();
}

void on_refused(self_pointer self, const process_event& mapping, attach_request refused, const std::string& why);

void attach(self_pointer self, const process_event& mapping, const attach_request& wanted) {
  auto& state = self->state;
  if (!state.probes)
    return;
  // Counted as a library at once, so that its next user does not ask again.
  state.table->learn_library(mapping.pid, mapping.file, {mapping.path, wanted.functions.size(), now()});
  self->request(state.probes, 10s, attach_atom_v, wanted)
      .then(
          [self, mapping, wanted](const std::string& refusal) {
            if (refusal.empty()) {
              spdlog::info("probes attached to {} (first user: pid {})", mapping.path, mapping.pid);
              self->state.table->attached(mapping.file, now());
            } else {
              on_refused(self, mapping, wanted, refusal);
            }
            count_watched(self->state);
          },
          [self, mapping](const caf::error& error) {
            spdlog::warn("{} is not captured: {}", mapping.path, self->system().render(error));
            self->state.table->drop_library(mapping.file);
          });
}

/// A process that ended in the meantime took its path to the file along.
void on_refused(self_pointer self, const process_event& mapping, attach_request refused, const std::string& why) {
  auto& table = *self->state.table;
  auto path = reachable(mapping);
  if (path && *path == refused.path) {
    spdlog::warn("{}", why);
    table.refused(mapping.file, why, now());
    return;
  }
  table.drop_library(mapping.file);
  if (!path)
    return; // the next user shows the file again
  refused.path = *path;
  attach(self, mapping, refused);
  table.process_gone(mapping.pid, now());
}

void inspect(self_pointer self, const process_event& mapping, const library_inspector& look) {
  auto path = reachable(mapping);
  if (!path)
    return; // the process is gone and the file cannot be reached: the next user shows it again
  auto& table = *self->state.table;
  auto contents = look(*path);
  if (contents && !contents->obstacle.empty()) {
    table.learn_library(mapping.pid, mapping.file, {mapping.path, 0, now()});
    table.refused(mapping.file, contents->obstacle, now());
  } else if (contents && !contents->functions.empty()) {
    attach(self, mapping, {mapping.file, *path, std::move(contents->functions)});
  } else {
    table.learn_other(mapping.file);
  }
}

void on_mapping(self_pointer self, const process_event& mapping, const library_inspector& look) {
  auto& state = self->state;
  // An executable is mapped before its libraries.
  if (mapping.file == state.own_executable && state.own_processes.insert(mapping.pid).second && state.probes)
    self->send(state.probes, ignore_atom_v, mapping.pid);
  if (state.own_processes.contains(mapping.pid))
    return;
  switch (state.table->mapped(mapping.pid, mapping.file)) {
  case file_verdict::known:
    break;
  case file_verdict::unknown:
    inspect(self, mapping, look);
    break;
  case file_verdict::too_many:
    spdlog::warn("{} is not looked at: discovery.libraries_max is reached", mapping.path);
    break;
  }
}

void scan(self_pointer self, const library_inspector& look) {
  auto& state = self->state;
  state.table->forget_others();
  auto refused = scan_processes("/proc", [&](const process_event& mapping) { on_mapping(self, mapping, look); });
  if (refused > 0)
    spdlog::warn("{} of the processes could not be looked at; root or CAP_SYS_PTRACE may look at most of them",
                 refused);
  if (state.scan_interval > 0s)
    state.scan_due = std::chrono::steady_clock::now() + state.scan_interval;
  count_watched(state);
}

/// It ended, or runs another program now.
void forget_program(rescan_state& state, std::uint32_t pid) {
  state.own_processes.erase(pid);
  state.table->process_gone(pid, now());
}

void on_event(self_pointer self, const process_event& event, const library_inspector& look) {
  switch (event.kind) {
  case process_event_kind::program:
    self->state.programs_told = true;
    forget_program(self->state, event.pid);
    on_mapping(self, event, look);
    break;
  case process_event_kind::mapping:
    on_mapping(self, event, look);
    break;
  case process_event_kind::mappings_lost:
    scan(self, look);
    break;
  case process_event_kind::exec: // its file may be known already as one that it uses
    if (!self->state.programs_told)
      forget_program(self->state, event.pid);
    break;
  case process_event_kind::exit:
    forget_program(self->state, event.pid);
    break;
  case process_event_kind::fork: // a child uses what its parent has attached
    self->state.table->forked(event.parent, event.pid);
    break;
  }
}

/// A scan finds what there was no room for, and begins the new interval.
void take_over(self_pointer self, const settings& config, const library_inspector& look) {
  auto& state = self->state;
  const auto& wanted = config.discovery;
  state.table->limit(wanted.libraries_max, wanted.unused_max);
  const auto more = std::exchange(state.libraries_max, wanted.libraries_max) < wanted.libraries_max;
  const auto other_pace = std::exchange(state.scan_interval, wanted.rescanInterval) != wanted.rescanInterval;
  if (more || (other_pace && state.scan_interval > 0s))
    scan(self, look);
}

/// The first scan's attachments are answered by probes in the order asked, so an answer to one more request means that
/// all of them are done.
void announce_scanned(self_pointer self) {
  self->request(self->state.probes, 30s, attach_atom_v, attach_request{})
      .then([self](const std::string&) { self->state.watched->scanned = true; },
            [self](const caf::error&) { self->state.watched->scanned = true; });
}

} // namespace

rescan_actor::behavior_type rescan(self_pointer self, const settings* config, flow::actor_status* status,
                                   watch_status* watched, library_inspector look) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::count_unfinished(*status);
  state.watched = watched;
  state.libraries_max = config->discovery.libraries_max;
  state.table.emplace(state.libraries_max, config->discovery.unused_max);
  state.scan_interval = config->discovery.rescanInterval;
  state.own_executable = file_at("/proc/self/exe");
  self->delayed_send(self, sweep_interval, tick_atom_v);
  return {
      [self](drain_atom) { self->quit(); },
      [self, look](const flow::parcel<process_batch>& parcel) {
        auto delivery = parcel.open();
        for (const auto& event : delivery.batch.events)
          on_event(self, event, look);
        self->state.status->out += delivery.batch.units();
        count_watched(self->state);
      },
      [self, look](const probes_actor& probes) {
        // Fresh probes know of no library: all are attached again.
        self->state.probes = probes;
        self->state.table->clear();
        self->state.own_processes.clear();
        scan(self, look);
        announce_scanned(self);
      },
      [self, look](const new_settings& news) { take_over(self, *news.now, look); },
      [self, look](rescan_atom) { scan(self, look); },
      [self](list_atom) { return self->state.table->rows(now()); },
      [self, look](tick_atom) {
        auto& st = self->state;
        st.table->drop_gone(is_alive, now());
        for (auto file : st.table->take_unused(now()))
          if (st.probes)
            self->send(st.probes, detach_atom_v, file);
        if (st.scan_interval > 0s && std::chrono::steady_clock::now() >= st.scan_due)
          scan(self, look);
        count_watched(st);
        self->delayed_send(self, sweep_interval, tick_atom_v);
      },
  };
}

} // namespace cleartap
