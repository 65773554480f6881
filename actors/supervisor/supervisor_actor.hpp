// Starts every actor, starts it again when it dies, tells those that talk to it, and ends all of them in order. Refuses
// to know what they do.
//
//   starting -> running -> (death) -> backing_off -> running ...      too many deaths: failed, and the supervisor ends
//                  |
//                  +-> (stop) draining -> stopped, one child after the other in the order of the flow
#pragma once

#include "actors/supervisor/restart_policy.hpp"
#include "messages/interfaces.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cleartap {

struct child_spec {
  flow::actor_status* status = nullptr;
  /// Children of one group restart together: what they know only makes sense as a whole. Empty: alone.
  std::string group;
  std::function<caf::actor(caf::actor_system&)> start;
  bool live = false; // a live_actor: it is told of new settings
};

/// Who must be told of whom; called whenever either of them is new and both are there.
struct introduction {
  std::size_t listener = 0; // index of the child that is told
  std::size_t subject = 0;
  std::function<void(const caf::actor& listener, const caf::actor& subject)> tell;
};

/// A child that is told of the supervisor, whenever it is new.
struct confidant {
  std::size_t listener = 0;
  std::function<void(const caf::actor& listener, const supervisor_actor& boss)> tell;
};

struct system_plan {
  std::vector<child_spec> children; // in the order in which they are stopped
  std::vector<introduction> introductions;
  std::vector<confidant> confidants;
  std::chrono::milliseconds grace_max{3000}; // for one child to drain, and then to end when it is killed
};

struct supervisor_state {
  static inline const char* name = "supervisor";

  system_plan plan;
  std::vector<caf::actor> handles; // by child; nothing while it is down
  std::vector<restart_policy> policies;
  struct restart_progress {
    bool ending = false; // killed with its group, and not gone yet
    bool due = false;    // its back-off is over
  };
  std::vector<restart_progress> progress; // by child
  std::size_t stopping = 0;               // child that drains, once `stopped`
  bool stopped = false;
  bool cut = false; // the child that drains was killed: its grace period was over
  std::function<void(const std::string&)> on_failure;
};

/// `on_failure` is called once with the reason if the supervisor gives up.
supervisor_actor::behavior_type supervisor(supervisor_actor::stateful_pointer<supervisor_state> self, system_plan plan,
                                           std::function<void(const std::string&)> on_failure);

} // namespace cleartap
