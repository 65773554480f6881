// Shows exchanges to watchers. Runs only while someone watches: otherwise enrichment sends nothing here.
#pragma once

#include "actors/feed/watch_hub.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

struct feed_state {
  static inline const char* name = "feed";
};

feed_actor::behavior_type feed(feed_actor::stateful_pointer<feed_state> self, flow::actor_status* status,
                               watch_hub* hub);

} // namespace cleartap
