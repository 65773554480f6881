// Finds TLS libraries as processes map them, and by scanning; tells `probes` what to attach and what to let go, and
// whom to ignore. Knows of every process whether it uses TLS and is captured. Runs in a thread of its own: it reads
// files.
#pragma once

#include "actors/coverage/coverage_watch.hpp"
#include "actors/redaction/policy.hpp"
#include "actors/rescan/ignored_processes.hpp"
#include "actors/rescan/library_table.hpp"
#include "actors/rescan/mapped_file.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace cleartap {

/// What only the kernel's side knows.
struct discovery_tools {
  /// Tells which TLS library is in a file. Fails if the file cannot be read.
  std::function<result<library_contents>(const std::filesystem::path&)> look;

  /// By which numbers an open file carries probes; nothing if that cannot be told. May be empty.
  std::function<std::optional<file_id>(int fd)> identify;

  /// Begins to see ClientHellos.
  std::function<hello_source(const settings& config)> hellos;
};

struct rescan_state {
  static inline const char* name = "rescan";

  flow::actor_status* status = nullptr;
  watch_status* watched = nullptr;
  discovery_tools tools;
  std::optional<library_table> table;
  std::map<file_id, mapped_file> files; // of the libraries in `table`
  std::optional<ignored_processes> ignored;
  std::optional<coverage_watch> coverage;
  std::size_t libraries_max = 0;
  bool told_too_many = false;
  std::chrono::seconds scan_interval{0};
  std::chrono::steady_clock::time_point scan_due;
  std::chrono::steady_clock::time_point sweep_due;
  std::vector<file_id> own_files; // this executable, as mappings show it
  std::vector<std::string> excluded;
  std::unique_ptr<const redaction_policy> policy; // for the names of servers
  bool programs_told = false;                     // by their files; else by the kernel's exec alone
  probes_actor probes;
};

rescan_actor::behavior_type rescan(rescan_actor::stateful_pointer<rescan_state> self, const settings* config,
                                   flow::actor_status* status, watch_status* watched, discovery_tools tools);

} // namespace cleartap
