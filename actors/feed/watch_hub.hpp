// Live exchanges for whoever watches, each watcher with a queue of its own. Refuses to slow anyone down: a full queue
// drops and counts. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cleartap {

class watch_queue {
public:
  static constexpr std::size_t lines_max = 4096;
  static constexpr std::size_t bytes_max = std::size_t{32} << 20;

  /// False if the queue was full: the line is lost.
  bool push(std::string line);

  /// The next line, or nothing when none came in time or the queue was closed and is empty.
  [[nodiscard]] std::optional<std::string> pop(std::chrono::milliseconds time_max);

  void close();
  [[nodiscard]] bool closed() const;

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

class watch_hub {
public:
  static constexpr std::size_t watchers_max = 4;

  /// `wanted` is kept true while anyone watches.
  explicit watch_hub(std::atomic<bool>& wanted) : wanted_{wanted} { wanted_ = false; }

  /// Nothing if there are too many watchers. Dropping the queue ends the subscription.
  [[nodiscard]] std::shared_ptr<watch_queue> subscribe();

  /// Hands the line to every watcher; returns how many had no room for it.
  std::size_t publish(const std::string& line);

  /// Ends all subscriptions, and refuses new ones.
  void close();

private:
  void forget_gone();

  std::atomic<bool>& wanted_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<watch_queue>> watchers_;
  bool closed_ = false;
};

} // namespace cleartap
