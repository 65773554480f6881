// One shard of connections: turns chunks into exchanges. A connection always comes to the same shard.
#pragma once

#include "actors/flow/continued_ledger.hpp"
#include "actors/streams/connections.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <functional>
#include <optional>

namespace cleartap {

/// Shown beside the ledger. All outlive the actor.
struct stream_figures {
  flow::figures_status* limits = nullptr;
  flow::figures_status* other_bytes = nullptr;
  flow::figures_status* other_connections = nullptr;
  flow::figures_status* damage = nullptr;
};

/// Told, on any thread, of connections whose plaintext is not wanted any more.
using mute = std::function<void(const connection_id&)>;

/// One shard's.
[[nodiscard]] stream_figures add_stream_figures(flow::directory& directory, std::size_t index);

struct streams_state {
  static inline const char* name = "streams";

  flow::actor_status* status = nullptr;
  std::optional<flow::continued_ledger> ledger;
  std::vector<flow::continued_figures> figures; // in the order of stream_figures
  std::optional<connections> open;
  std::vector<exchange> finished;
  mute mute_connection;
  std::optional<flow::outlet<exchange_batch>> out;
};

streams_actor::behavior_type streams(streams_actor::stateful_pointer<streams_state> self, const settings* config,
                                     flow::actor_status* status, stream_figures figures, mute mute_connection,
                                     flow::edge_status* out);

} // namespace cleartap
