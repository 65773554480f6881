// What the store has of every epoch, readable by any thread. Refuses to know where the figures come from.
#pragma once

#include "messages/delivery.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace cleartap {

class epoch_board {
public:
  void show(const std::vector<watermark>& marks) {
    auto guard = std::lock_guard{mutex_};
    for (const auto& mark : marks)
      epochs_[mark.sender] = mark;
  }

  void forget(const std::vector<sender_id>& senders) {
    auto guard = std::lock_guard{mutex_};
    for (const auto& sender : senders)
      epochs_.erase(sender);
  }

  /// By sniffer.
  void for_each(const std::function<void(const watermark&)>& visit) const {
    auto guard = std::lock_guard{mutex_};
    for (const auto& [sender, mark] : epochs_)
      visit(mark);
  }

private:
  mutable std::mutex mutex_;
  std::map<sender_id, watermark> epochs_;
};

} // namespace cleartap
