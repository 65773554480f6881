// Redacts exchanges: what leaves this actor holds no secret that the policy knows.
#pragma once

#include "actors/enrichment/process_board.hpp"
#include "actors/redaction/redact.hpp"
#include "actors/redaction/rules.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <optional>

namespace cleartap {

struct redaction_state {
  static inline const char* name = "redaction";

  flow::actor_status* status = nullptr;
  process_board* processes = nullptr;
  std::optional<redaction_rules> rules;
  redaction_stats stats;
  std::optional<flow::outlet<exchange_batch>> out;
};

redaction_actor::behavior_type redaction(redaction_actor::stateful_pointer<redaction_state> self,
                                         const settings* config, flow::actor_status* status, flow::edge_status* out,
                                         process_board* processes);

} // namespace cleartap
