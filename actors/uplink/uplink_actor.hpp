// Delivers exchanges to the reconstructor: bodies within their rate, numbered, in a window, again until acknowledged.
//
//   nobody to deliver to -> (facade) hello -> its watermark -> numbered batches ... -> (drain) farewell -> ends
//            ^                                                    |
//            +-------------- refused, or the facade is gone ------+  the window begins again at its oldest batch
#pragma once

#include "actors/uplink/body_budget.hpp"
#include "actors/uplink/send_window.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

/// What outlives the actor, so that its restart loses nothing and the epoch stays that of the process.
struct uplink_memory {
  uplink_memory(const settings& config, sender_id whose);

  sender_id sender;
  send_window window;
};

struct uplink_state {
  static inline const char* name = "uplink";

  flow::actor_status* status = nullptr;
  uplink_memory* memory = nullptr;
  flow::ledger_status* bodies = nullptr;
  std::optional<body_budget> budget;
  facade_actor facade;
  bool welcome = false;   // the facade has answered the hello: batches may go
  bool gathering = false; // until a batch that is not full is sent too
  bool gathered = false;  // and now it is
  bool farewell_said = false;
  std::uint64_t session = 0; // grows with each hello, so that late answers to its predecessor are not taken
};

/// `memory` outlives the actor and is used by it alone; `bodies` is the ledger of the bytes of bodies.
uplink_actor::behavior_type uplink(uplink_actor::stateful_pointer<uplink_state> self, const settings* config,
                                   flow::actor_status* status, uplink_memory* memory, flow::ledger_status* bodies);

[[nodiscard]] send_window_limits window_limits(const settings& config) noexcept;

} // namespace cleartap
