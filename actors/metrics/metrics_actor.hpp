// Serves /metrics, /healthz and /readyz from counters alone, so that it answers even when every other actor is stuck.
// Keeps the directory's rates up to date.
#pragma once

#include "actors/http/http_server.hpp"
#include "actors/status/connections_json.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

struct metrics_state {
  static inline const char* name = "metrics";

  http_server server;
};

metrics_actor::behavior_type metrics(metrics_actor::stateful_pointer<metrics_state> self, const settings* config,
                                     flow::directory* directory, const watch_status* watched, const link_view* link);

} // namespace cleartap
