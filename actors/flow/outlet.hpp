// The producer's end of an edge: fills batches, sends them while there is credit, lets some wait, drops and counts the
// rest. Refuses to know what is in a batch and what the consumers do.
#pragma once

#include "actors/flow/parcel.hpp"
#include "config/settings.hpp"

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>
#include <deque>
#include <vector>

namespace cleartap::flow {

/// Anything that takes parcels of this kind.
template <class Batch>
using sink = caf::typed_actor<caf::reacts_to<parcel<Batch>>>;

/// The supervisor's news for a producer: this consumer (again) serves that lane of that edge.
template <class Batch>
struct announcement {
  const edge_status* edge = nullptr;
  std::size_t lane = 0;
  sink<Batch> consumer;
  actor_status* consumer_status = nullptr;
};

/// Belongs to one actor; not thread-safe. Only the parcels' credit comes back from other threads.
///
/// A full lane slows the producer's own producer: grants given to `retain` go back only when nothing waits here. What
/// still comes, because one batch in may be many out, waits up to the queue limit and is dropped beyond it.
template <class Batch>
class outlet {
public:
  /// `wake` is called from any thread when credit comes back to a lane with something waiting.
  outlet(edge_status& edge, actor_status& producer, std::function<void()> wake) : edge_{edge}, producer_{producer} {
    for (std::size_t i = 0; i < edge.lanes; ++i)
      lanes_.push_back({.path = make_lane(wake), .wake = wake});
  }

  outlet(const outlet&) = delete;
  outlet& operator=(const outlet&) = delete;

  /// What still waits dies with its producer.
  ~outlet() {
    for (const auto& each : lanes_) {
      edge_.offered.fetch_add(each.open.units(), std::memory_order_relaxed);
      edge_.drop(drop_reason::producer_lost, each.open.units());
      for (const auto& batch : each.queue) {
        edge_.waiting.fetch_sub(batch.units(), std::memory_order_relaxed);
        edge_.drop(drop_reason::producer_lost, batch.units());
      }
    }
  }

  std::size_t lanes() const noexcept { return lanes_.size(); }

  void attach(const announcement<Batch>& news) {
    assert(news.edge == &edge_);
    auto& target = lanes_[news.lane];
    // Parcels to the predecessor keep the old path, so that what they give back does not count for the successor.
    target.path = make_lane(target.wake);
    target.path->consumer = news.consumer_status;
    target.consumer = news.consumer;
    pump();
  }

  /// The batch that is being filled for a lane; call `filled` after each addition.
  Batch& filling(std::size_t lane) { return lanes_[lane].open; }

  void filled(std::size_t lane) {
    if (lanes_[lane].open.size() >= edge_.batch_max)
      close(lanes_[lane]);
  }

  /// Sends, or queues, everything that was filled in.
  void flush() {
    for (auto& each : lanes_)
      close(each);
    pump();
  }

  /// Keeps the credit of the batch that was worked on until nothing waits here.
  void retain(grant credit) {
    if (congested())
      retained_.push_back(std::move(credit));
  }

  /// Sends what waits, as far as credit allows. Call when credit came back.
  void pump() {
    for (auto& each : lanes_)
      pump(each);
    if (!congested())
      retained_.clear();
  }

  bool congested() const noexcept {
    return std::ranges::any_of(lanes_, [](const auto& each) { return !each.queue.empty(); });
  }

  bool idle() const noexcept {
    return std::ranges::all_of(lanes_, [](const auto& each) { return each.queue.empty() && each.open.size() == 0; });
  }

private:
  struct lane_end {
    std::shared_ptr<lane> path;
    std::function<void()> wake;
    sink<Batch> consumer;
    Batch open;
    std::deque<Batch> queue; // closed batches without credit; at most edge.queue_max
  };

  std::shared_ptr<lane> make_lane(const std::function<void()>& wake) {
    return std::make_shared<lane>(edge_, nullptr, wake);
  }

  void close(lane_end& from) {
    if (from.open.size() == 0)
      return;
    auto units = from.open.units();
    edge_.offered.fetch_add(units, std::memory_order_relaxed);
    if (from.queue.size() >= edge_.queue_max) {
      edge_.drop(drop_reason::queue_full, units);
    } else {
      edge_.waiting.fetch_add(units, std::memory_order_relaxed);
      from.queue.push_back(std::move(from.open));
    }
    from.open = Batch{};
    pump(from);
  }

  bool has_credit(lane_end& from) {
    if (from.path->under_way.load() < edge_.credit_max)
      return true;
    from.path->starved.store(true);
    // Credit that came back just before the flag was set wakes nobody: look again.
    return from.path->under_way.load() < edge_.credit_max;
  }

  void pump(lane_end& from) {
    while (!from.queue.empty() && from.consumer && has_credit(from)) {
      auto units = from.queue.front().units();
      edge_.waiting.fetch_sub(units, std::memory_order_relaxed);
      edge_.batches.fetch_add(1, std::memory_order_relaxed);
      producer_.messages_out.fetch_add(1, std::memory_order_relaxed);
      from.path->consumer->mailbox.fetch_add(1, std::memory_order_relaxed);
      caf::anon_send(from.consumer, parcel<Batch>{std::move(from.queue.front()), grant{from.path}});
      from.queue.pop_front();
    }
  }

  edge_status& edge_;
  actor_status& producer_;
  std::vector<lane_end> lanes_;
  std::vector<grant> retained_;
};

} // namespace cleartap::flow

namespace caf {

template <class Batch>
struct allowed_unsafe_message_type<cleartap::flow::parcel<Batch>> : std::true_type {};

template <class Batch>
struct allowed_unsafe_message_type<cleartap::flow::announcement<Batch>> : std::true_type {};

} // namespace caf
