// A batch on its way from one actor to the next, together with the credit that it uses. Refuses to know what is in it.
#pragma once

#include "actors/flow/directory.hpp"

#include <cassert>
#include <functional>
#include <memory>
#include <utility>

namespace cleartap::flow {

/// What one producer shares with its parcels to one consumer.
struct lane {
  edge_status& edge;
  actor_status* consumer = nullptr; // nothing until a consumer was announced
  std::function<void()> wake;       // tells the producer that credit came back; any thread
  std::atomic<std::size_t> under_way{0};
  std::atomic<bool> starved{false}; // the producer has something waiting
};

/// The right to have one batch under way. Giving it back, by destruction, says that the consumer has finished.
class grant {
public:
  explicit grant(std::shared_ptr<lane> from) : lane_{std::move(from)} {
    lane_->under_way.fetch_add(1);
    lane_->edge.under_way.fetch_add(1, std::memory_order_relaxed);
  }

  grant(grant&&) noexcept = default;
  grant& operator=(grant&&) = delete;

  ~grant() {
    if (!lane_)
      return;
    lane_->edge.under_way.fetch_sub(1, std::memory_order_relaxed);
    lane_->under_way.fetch_sub(1);
    if (lane_->starved.exchange(false))
      lane_->wake();
  }

  lane& path() const noexcept { return *lane_; }

private:
  std::shared_ptr<lane> lane_;
};

/// A batch that its consumer works on. Its credit goes back when this is destroyed.
template <class Batch>
struct delivery {
  Batch batch;
  grant credit;
};

/// What travels in the message. CAF wants messages to be copyable: copies share one batch, and it is opened once.
/// A parcel that nobody opens, because its consumer ended, gives its credit back and counts its units as lost.
template <class Batch>
class parcel {
public:
  parcel(Batch batch, grant credit) : box_{std::make_shared<box>(std::move(batch), std::move(credit))} {}

  /// Takes the batch out. Counts it as arrived.
  delivery<Batch> open() const {
    assert(!box_->opened);
    auto& path = box_->content.credit.path();
    auto units = box_->content.batch.units();
    box_->opened = true;
    path.edge.delivered.fetch_add(units, std::memory_order_relaxed);
    path.consumer->mailbox.fetch_sub(1, std::memory_order_relaxed);
    path.consumer->messages_in.fetch_add(1, std::memory_order_relaxed);
    if (path.edge.unit == path.consumer->unit) // process events, say, are no part of a ledger of exchanges
      path.consumer->in.fetch_add(units, std::memory_order_relaxed);
    return std::move(box_->content);
  }

private:
  struct box {
    box(Batch batch, grant credit) : content{std::move(batch), std::move(credit)} {}
    box(const box&) = delete;
    box& operator=(const box&) = delete;
    ~box() {
      if (opened)
        return;
      auto& path = content.credit.path();
      path.edge.drop(drop_reason::consumer_lost, content.batch.units());
      path.consumer->mailbox.fetch_sub(1, std::memory_order_relaxed);
    }

    delivery<Batch> content;
    bool opened = false;
  };

  std::shared_ptr<box> box_;
};

} // namespace cleartap::flow
