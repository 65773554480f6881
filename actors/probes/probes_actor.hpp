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
  std::chrono::seconds idle_max{0}; // after which a connection may be forgotten when there is little room
  std::map<file_id, attached_probes> attached;
};

/// `programs` and `status` outlive the actor.
probes_actor::behavior_type probes(probes_actor::stateful_pointer<probes_state> self, const settings* config,
                                   kernel_programs* programs, flow::actor_status* status);

} // namespace cleartap
