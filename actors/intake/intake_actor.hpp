// Takes numbered batches, sorts their exchanges by authority to the inventory's shards, and acknowledges once the store
// has the evidence.
//
//   numbered_batch -> routed to shards -> ... commit interval ... -> every shard: changed rows -> store, with the
//   watermarks, in one transaction -> acknowledgements
//
// A shard answers `collect` after the parcels sent before it, so its rows hold exactly what the watermarks say.
#pragma once

#include "actors/intake/arrivals.hpp"
#include "actors/intake/epoch_board.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <map>
#include <optional>

namespace cleartap {

struct intake_state {
  static inline const char* name = "intake";

  using promise_type = caf::typed_response_promise<watermark_atom, std::uint64_t>;
  struct waiting_batch {
    numbered_batch batch;
    promise_type promise;
  };
  struct pending_answer {
    std::uint64_t number = 0;
    bool farewell = false; // the epoch's end must be in the store too
    promise_type promise;
  };

  flow::actor_status* status = nullptr;
  std::chrono::milliseconds commit_interval{0};
  std::optional<flow::outlet<routed_batch>> out;
  std::deque<waiting_batch> waiting; // for credit or a commit; no more than the senders' windows
  std::vector<inventory_actor> shards;
  store_actor store;
  arrivals senders;
  epoch_board* epochs = nullptr;
  std::map<sender_id, std::vector<pending_answer>> answers; // of each sender no more than its window
  std::size_t exchanges = 0;                                // taken since the last commit began
  std::size_t bytes = 0;                                    // of these
  bool commit_due = false;
  std::optional<commit_request> commit; // under way
  std::size_t shards_missing = 0;       // whose rows have not come yet
};

intake_actor::behavior_type intake(intake_actor::stateful_pointer<intake_state> self, const settings* config,
                                   flow::actor_status* status, flow::edge_status* out, epoch_board* epochs,
                                   std::vector<watermark> committed);

} // namespace cleartap
