// The admin port: live introspection and a few commands for `cleartap ctl` and `cleartap watch`, on loopback with a
// token.
#pragma once

#include "actors/feed/watch_hub.hpp"
#include "actors/http/http_server.hpp"
#include "actors/status/connections_json.hpp"
#include "config/reload.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

/// What the admin port shows; all of it outlives the actor.
struct admin_views {
  const flow::directory* directory = nullptr;
  const watch_status* watched = nullptr; // nothing without a sniffer
  watch_hub* hub = nullptr;              // nothing without a sniffer
  link_view link;
  std::string token;
  std::function<result<setting_changes>()> reload; // any thread; empty: there is nothing to read anew
};

struct admin_state {
  static inline const char* name = "admin";

  admin_state() = default; // or CAF would initialise the aggregate's first member from the actor itself

  probes_actor probes;
  rescan_actor rescan;
  supervisor_actor boss;
  http_server server;
};

admin_actor::behavior_type admin(admin_actor::stateful_pointer<admin_state> self, const settings* config,
                                 const admin_views* views);

} // namespace cleartap
