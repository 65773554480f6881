// One shard of connections: turns chunks into exchanges. A connection always comes to the same shard.
#pragma once

#include "actors/flow/continued_ledger.hpp"
#include "actors/streams/connections.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <optional>

namespace cleartap {

struct streams_state {
  static inline const char* name = "streams";

  flow::actor_status* status = nullptr;
  std::optional<flow::continued_ledger> ledger;
  std::optional<connections> open;
  std::vector<exchange> finished;
  std::optional<flow::outlet<exchange_batch>> out;
};

streams_actor::behavior_type streams(streams_actor::stateful_pointer<streams_state> self, const settings* config,
                                     flow::actor_status* status, flow::edge_status* out);

} // namespace cleartap
