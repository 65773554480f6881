// Writes commits to the database, in a thread of its own: it waits for the disk.
#pragma once

#include "actors/store/database.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

struct store_state {
  static inline const char* name = "store";
};

/// `data` outlives the actor and is written by it alone.
store_actor::behavior_type store(store_actor::stateful_pointer<store_state> self, flow::actor_status* status,
                                 database* data);

} // namespace cleartap
