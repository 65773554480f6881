// What all sessions of a reconstructor share. Outlives them. Refuses to know any of them.
#pragma once

#include "actors/link/link_status.hpp"
#include "actors/link/log_limit.hpp"
#include "actors/link/memory_budget.hpp"
#include "actors/link/session_table.hpp"
#include "config/settings.hpp"

namespace cleartap {

struct link_host {
  explicit link_host(const settings& config)
      : sessions{config.link.sessions_max}, memory{config.link.memory_max}, rate_max{config.link.rate_max} {}

  /// From now on; sessions that are there keep their rate.
  void limit(const settings& config) {
    sessions.limit(config.link.sessions_max);
    memory.limit(config.link.memory_max);
    rate_max = config.link.rate_max;
  }

  session_table sessions;
  memory_budget memory; // of batches that are put together or decoded and not learned yet
  link_status status;
  log_limit log;                     // of the ends of sessions
  std::atomic<std::size_t> rate_max; // bytes per second of one sniffer
};

} // namespace cleartap
