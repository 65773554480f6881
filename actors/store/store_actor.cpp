#include "actors/store/store_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

namespace cleartap {

store_actor::behavior_type store(store_actor::stateful_pointer<store_state> self, flow::actor_status* status,
                                 database* data) {
  flow::keep_exception_text(self);
  flow::count_unfinished(*status);
  return {
      [self](drain_atom) { self->quit(); },
      [status, data](collect_atom, const commit_request& changes) {
        status->messages_in.fetch_add(1, std::memory_order_relaxed);
        status->in.fetch_add(changes.rows.size(), std::memory_order_relaxed);
        auto written = data->commit(changes);
        if (!written)
          return written.error().text;
        status->out.fetch_add(changes.rows.size(), std::memory_order_relaxed);
        return std::string{};
      },
  };
}

} // namespace cleartap
