// Finds TLS libraries as processes map them, and by scanning; tells `probes` what to attach and what to let go. Runs in
// a thread of its own: it reads files.
#pragma once

#include "actors/rescan/library_table.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <optional>
#include <set>

namespace cleartap {

struct rescan_state {
  static inline const char* name = "rescan";

  flow::actor_status* status = nullptr;
  watch_status* watched = nullptr;
  std::optional<library_table> table;
  std::size_t libraries_max = 0;
  std::chrono::seconds scan_interval{0};
  std::chrono::steady_clock::time_point scan_due;
  file_id own_executable;
  std::set<std::uint32_t> own_processes; // cleartap's, which are never captured
  bool programs_told = false;            // by their files; else by the kernel's exec alone
  probes_actor probes;
};

/// Tells which TLS library is in a file. Fails if the file cannot be read.
using library_inspector = std::function<result<library_contents>(const std::filesystem::path&)>;

rescan_actor::behavior_type rescan(rescan_actor::stateful_pointer<rescan_state> self, const settings* config,
                                   flow::actor_status* status, watch_status* watched, library_inspector look);

} // namespace cleartap
