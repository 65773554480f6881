#include "actors/feed/watch_hub.hpp"

#include <algorithm>

namespace cleartap {

bool watch_queue::push(std::string line) {
  auto guard = std::lock_guard{mutex_};
  if (closed_ || lines_.size() >= lines_max || bytes_ + line.size() > bytes_max)
    return false;
  bytes_ += line.size();
  lines_.push_back(std::move(line));
  changed_.notify_one();
  return true;
}

std::optional<std::string> watch_queue::pop(std::chrono::milliseconds time_max) {
  auto lock = std::unique_lock{mutex_};
  changed_.wait_for(lock, time_max, [this] { return closed_ || !lines_.empty(); });
  if (lines_.empty())
    return std::nullopt;
  auto line = std::move(lines_.front());
  lines_.pop_front();
  bytes_ -= line.size();
  return line;
}

void watch_queue::close() {
  auto guard = std::lock_guard{mutex_};
  closed_ = true;
  changed_.notify_all();
}

bool watch_queue::closed() const {
  auto guard = std::lock_guard{mutex_};
  return closed_;
}

std::shared_ptr<watch_queue> watch_hub::subscribe() {
  auto guard = std::lock_guard{mutex_};
  forget_gone();
  if (closed_ || watchers_.size() >= watchers_max)
    return nullptr;
  auto queue = std::make_shared<watch_queue>();
  watchers_.push_back(queue);
  wanted_ = true;
  return queue;
}

std::size_t watch_hub::publish(const std::string& line) {
  auto guard = std::lock_guard{mutex_};
  forget_gone();
  auto refused = std::size_t{0};
  for (const auto& each : watchers_)
    if (auto queue = each.lock(); queue && !queue->push(line))
      ++refused;
  return refused;
}

void watch_hub::close() {
  auto guard = std::lock_guard{mutex_};
  closed_ = true;
  wanted_ = false;
  for (const auto& each : watchers_)
    if (auto queue = each.lock())
      queue->close();
}

void watch_hub::forget_gone() {
  std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
  wanted_ = !watchers_.empty();
}

} // namespace cleartap
