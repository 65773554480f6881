// Adds to each exchange who made or served it, and passes it on to the uplink and, while anyone watches, to the feed.
// Drops those of excluded programs: their first calls can be under way before the kernel knows that it is to be silent.
#pragma once

#include "actors/enrichment/exclusion.hpp"
#include "actors/enrichment/process_board.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <optional>

namespace cleartap {

struct enrichment_edges {
  flow::edge_status* uplink = nullptr; // nothing when exchanges are only watched
  flow::edge_status* feed = nullptr;
};

struct enrichment_state {
  static inline const char* name = "enrichment";

  flow::actor_status* status = nullptr;
  enrichment_edges edges;
  process_board* processes = nullptr;
  bool names_processes = true; // else they are known for the sake of the excluded ones and of redaction's rules alone
  exclusion excluded;
  std::optional<flow::outlet<exchange_batch>> uplink;
  std::optional<flow::outlet<exchange_batch>> feed;
};

enrichment_actor::behavior_type enrichment(enrichment_actor::stateful_pointer<enrichment_state> self,
                                           const settings* config, flow::actor_status* status, enrichment_edges edges,
                                           process_board* processes);

} // namespace cleartap
