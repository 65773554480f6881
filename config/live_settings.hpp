// The settings in force, and those that were. Refuses to know files and actors.
#pragma once

#include "config/reload.hpp"

#include <atomic>
#include <deque>

namespace cleartap {

/// What was in force is kept: an actor that is just starting may read it a moment later.
class live_settings {
public:
  static constexpr std::size_t generations_max = 4096; // of about 2 KB each

  explicit live_settings(settings first) : generations_{std::move(first)}, current_{&generations_.front()} {}

  /// Any thread. What it points to stays as it is.
  const settings* current() const noexcept { return current_.load(); }

  /// One thread at a time. Puts `next` in force, or nothing of it.
  [[nodiscard]] result<setting_changes> replace(const settings& next) {
    auto changes = plan_reload(*current(), next);
    if (!changes || changes->empty())
      return changes;
    if (generations_.size() == generations_max)
      return failure{"the settings were changed " + std::to_string(generations_max - 1) +
                     " times since the start, and no more is possible; restart cleartap"};
    current_ = &generations_.emplace_back(next);
    return changes;
  }

private:
  std::deque<settings> generations_;
  std::atomic<const settings*> current_;
};

} // namespace cleartap
