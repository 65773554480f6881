// The reconstructor's end of the link: lets peers in that TLS has authenticated, and gives each a session of its own.
#pragma once

#include "actors/link/link_host.hpp"
#include "actors/link/remoting.hpp"
#include "actors/link/tls_listener.hpp"

#include <memory>
#include <set>

namespace cleartap {

struct listener_state {
  static inline const char* name = "listener";

  listener_state() = default; // or CAF would initialise the aggregate's first member from the actor itself
  ~listener_state();

  flow::actor_status* status = nullptr;
  remoting* link = nullptr;
  link_host* host = nullptr;
  facade_actor intake;
  // They end with the listener: the next one would not know them, nor tell them of the next intake.
  std::set<local_session_actor> sessions;
  std::unique_ptr<tls_listener> door;
};

/// What outlives the actor.
struct listener_setup {
  const settings* config = nullptr;
  remoting* link = nullptr;
  link_host* host = nullptr;
  tls_identity* identity = nullptr;
};

listener_actor::behavior_type listener(listener_actor::stateful_pointer<listener_state> self,
                                       flow::actor_status* status, listener_setup setup);

} // namespace cleartap
