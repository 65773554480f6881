#include "actors/inventory/inventory_actor.hpp"

#include "actors/flow/stage.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

void publish(inventory_state& state) {
  const auto& counters = state.content->counters();
  state.ledger->show_out(counters.learned);
  state.ledger->show_dropped(flow::drop_reason::not_learned, counters.no_request + counters.method_refused);
}

} // namespace

inventory_actor::behavior_type inventory_shard(inventory_actor::stateful_pointer<inventory_state> self,
                                               const settings* config, flow::actor_status* status,
                                               const std::vector<evidence_row>& committed) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.ledger.emplace(*status);
  const auto& limits = config->inventory;
  state.content.emplace(
      inventory_limits{limits.apis_max, limits.endpoints_max, {limits.depth_max, limits.properties_max}});
  for (const auto& row : committed)
    if (auto loaded = state.content->load(row); !loaded)
      spdlog::warn("a row of the store is not used: {}", loaded.error().text);
  return {
      [self](drain_atom) { self->quit(); },
      [self](const flow::parcel<routed_batch>& parcel) {
        auto delivery = parcel.open();
        for (const auto& part : delivery.batch.parts)
          for (auto index : part.indexes)
            self->state.content->learn(part.batch->exchanges[index]);
        publish(self->state);
      },
      [self](collect_atom) { return self->state.content->take_changed(); },
      [self](list_atom) { return self->state.content->apis(); },
      [self](api_atom, const std::string& id) {
        auto found = self->state.content->api(id);
        return found ? api_summaries{std::move(*found)} : api_summaries{};
      },
      [self](openapi_atom, const std::string& id) { return self->state.content->openapi(id).value_or(""); },
  };
}

} // namespace cleartap
