#include "actors/feed/feed_actor.hpp"

#include "actors/feed/exchange_json.hpp"
#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

namespace cleartap {

feed_actor::behavior_type feed(feed_actor::stateful_pointer<feed_state> self, flow::actor_status* status,
                               watch_hub* hub) {
  flow::keep_exception_text(self);
  flow::count_unfinished(*status);
  return {
      [self, hub](drain_atom) {
        hub->close();
        self->quit();
      },
      [status, hub](const exchange_parcel& parcel) {
        auto delivery = parcel.open();
        for (const auto& each : delivery.batch.exchanges) {
          auto refused = hub->publish(exchange_json(each));
          if (refused > 0)
            status->drop(flow::drop_reason::watcher_slow, 1);
          else
            status->out.fetch_add(1, std::memory_order_relaxed);
        }
      },
  };
}

} // namespace cleartap
