// Attaches and detaches on request and keeps the probes. Refuses to choose what is attached.
#pragma once

#include "actors/probes/kernel_programs.hpp"
#include "messages/interfaces.hpp"

#include <map>

namespace cleartap {

struct probes_state {
  static inline const char* name = "probes";

  probes_state() = default; // or CAF would initialise the aggregate's first member from the actor itself
  ~probes_state();

  kernel_programs* programs = nullptr;
  flow::actor_status* status = nullptr;
  flow::ledger_status* events = nullptr; // of which the kernel knows the number only
  std::chrono::seconds idle_max{0};      // after which a connection may be forgotten when there is little room
  std::map<file_id, attached_probes> attached;
};

/// All that is pointed at outlives the actor.
probes_actor::behavior_type probes(probes_actor::stateful_pointer<probes_state> self, const settings* config,
                                   kernel_programs* programs, flow::actor_status* status, flow::ledger_status* events);

} // namespace cleartap
