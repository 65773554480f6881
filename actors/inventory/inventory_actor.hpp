// One shard of the inventory: learns the exchanges of its authorities, gives changes to intake and summaries to
// readers.
#pragma once

#include "actors/flow/continued_ledger.hpp"
#include "actors/inventory/inventory.hpp"
#include "actors/store/database.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <optional>

namespace cleartap {

struct inventory_state {
  static inline const char* name = "inventory";

  std::optional<flow::continued_ledger> ledger;
  std::optional<inventory> content;
};

/// Begins with the committed rows of its shard.
inventory_actor::behavior_type inventory_shard(inventory_actor::stateful_pointer<inventory_state> self,
                                               const settings* config, flow::actor_status* status,
                                               const std::vector<evidence_row>& committed);

} // namespace cleartap
