// Delivers exchanges to the reconstructor: numbered, in a window, again until acknowledged.
#pragma once

#include "actors/uplink/send_window.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <optional>

namespace cleartap {

struct uplink_state {
  static inline const char* name = "uplink";

  flow::actor_status* status = nullptr;
  sender_id sender;
  std::optional<send_window> window;
  facade_actor facade;
  bool resting = false;      // after a refusal, until the next try
  std::uint64_t session = 0; // grows with each facade, so that late answers of its predecessor are not taken
};

uplink_actor::behavior_type uplink(uplink_actor::stateful_pointer<uplink_state> self, const settings* config,
                                   flow::actor_status* status, sender_id sender);

} // namespace cleartap
