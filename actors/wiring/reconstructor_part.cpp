#include "actors/wiring/reconstructor_part.hpp"

#include "actors/intake/intake_actor.hpp"
#include "actors/inventory/inventory_actor.hpp"
#include "actors/store/store_actor.hpp"

#include <stdexcept>

namespace cleartap::wiring {

namespace {

constexpr auto group = "reconstructor";

} // namespace

result<void> reconstructor_part::prepare() {
  auto data = database::open(live_->current()->store.path);
  if (!data)
    return data.error();
  data_.emplace(std::move(*data));
  return read_committed();
}

result<void> reconstructor_part::read_committed() {
  auto content = data_->read();
  if (!content)
    return content.error();
  auto shards = live_->current()->pipeline.inventory.actors;
  committed_ = {std::move(content->watermarks), {}};
  committed_.rows.resize(shards);
  for (auto& row : content->rows)
    committed_.rows[shard_of_authority(row.authority, shards)].push_back(std::move(row));
  return {};
}

void reconstructor_part::add_to(plan& into) {
  const auto& stage = live_->current()->pipeline.inventory;
  auto* to_inventory = into.add_edge("intake", "inventory", "exchanges", stage);
  auto start_intake = [this, to_inventory](actor_status& status, std::size_t) {
    return [=, this, &status](caf::actor_system& system) {
      return caf::actor_cast<caf::actor>(
          system.spawn(cleartap::intake, live_->current(), &status, to_inventory, &epochs_, committed_.watermarks));
    };
  };
  auto start_shard = [this](actor_status& status, std::size_t shard) {
    return [=, this, &status](caf::actor_system& system) {
      return caf::actor_cast<caf::actor>(
          system.spawn(inventory_shard, live_->current(), &status, committed_.rows[shard]));
    };
  };
  auto start_store = [this](actor_status& status, std::size_t) {
    return [this, &status](caf::actor_system& system) {
      // The store is the first of its group to start.
      if (auto fresh = read_committed(); !fresh)
        throw std::runtime_error{fresh.error().text};
      return caf::actor_cast<caf::actor>(system.spawn<caf::detached>(store, &status, &*data_));
    };
  };
  auto intakes = into.add_stage("intake", "exchanges", 1, start_intake, group);
  shards_ = into.add_stage("inventory", "exchanges", stage.actors, start_shard, group);
  auto stores = into.add_stage("store", "rows", 1, start_store, group);
  intake_ = intakes[0];

  into.mark_live(intakes);
  into.connect<routed_batch>(to_inventory, intakes, shards_);
  for (std::size_t i = 0; i < shards_.size(); ++i)
    into.introduce(intake_, shards_[i], send_subject<inventory_actor>(i));
  into.introduce(intake_, stores[0], send_subject<store_actor>());
}

} // namespace cleartap::wiring
