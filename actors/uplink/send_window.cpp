#include "actors/uplink/send_window.hpp"

#include <algorithm>
#include <iterator>

namespace cleartap {

std::size_t send_window::add(exchange_batch batch) {
  auto bytes = size_in_memory(batch);
  totals_.offered += batch.size();
  exchanges_ += batch.size();
  bytes_ += bytes;
  waiting_exchanges_ += batch.size();
  if (bytes > limits_.batch_bytes_max)
    split(std::move(batch));
  else
    enqueue(std::move(batch), bytes);
  return drop_oldest();
}

void send_window::enqueue(exchange_batch batch, std::size_t bytes) {
  auto joins = !waiting_.empty() && waiting_.back().batch.size() + batch.size() <= limits_.batch_exchanges_max &&
               waiting_.back().bytes + bytes <= limits_.batch_bytes_max;
  if (!joins) {
    waiting_.push_back({std::move(batch), bytes});
    return;
  }
  std::ranges::move(batch.exchanges, std::back_inserter(waiting_.back().batch.exchanges));
  waiting_.back().bytes += bytes;
}

void send_window::split(exchange_batch batch) {
  auto part = exchange_batch{};
  auto bytes = std::size_t{0};
  for (auto& each : batch.exchanges) {
    auto size = size_in_memory(each);
    if (!part.exchanges.empty() && bytes + size > limits_.batch_bytes_max)
      enqueue(std::exchange(part, {}), std::exchange(bytes, 0));
    part.exchanges.push_back(std::move(each));
    bytes += size;
  }
  enqueue(std::move(part), bytes);
}

std::size_t send_window::drop_oldest() {
  auto dropped = std::size_t{0};
  while (!waiting_.empty() && (waiting_exchanges_ > limits_.exchanges_max || bytes_ > limits_.bytes_max)) {
    auto& oldest = waiting_.front();
    dropped += oldest.batch.size();
    waiting_exchanges_ -= oldest.batch.size();
    bytes_ -= oldest.bytes;
    waiting_.pop_front();
  }
  exchanges_ -= dropped;
  totals_.dropped += dropped;
  return dropped;
}

std::optional<send_window::numbered> send_window::next(wanted which) {
  if (sent_ < numbered_.size())
    return numbered_[sent_++];
  // What has a number cannot be dropped any more: half of the memory stays for what is newer.
  if (waiting_.empty() || numbered_.size() >= limits_.batches_max || numbered_bytes_ > limits_.bytes_max / 2)
    return std::nullopt;
  auto& oldest = waiting_.front();
  auto grows = waiting_.size() == 1 && oldest.batch.size() < limits_.batch_exchanges_max &&
               oldest.bytes < limits_.batch_bytes_max / 2;
  if (which == wanted::full && grows)
    return std::nullopt;
  waiting_exchanges_ -= oldest.batch.size();
  numbered_bytes_ += oldest.bytes;
  numbered_.push_back({++last_number_, std::make_shared<const exchange_batch>(std::move(oldest.batch)), oldest.bytes});
  waiting_.pop_front();
  return numbered_[sent_++];
}

std::size_t send_window::acknowledge(std::uint64_t number) {
  auto acknowledged = std::size_t{0};
  while (!numbered_.empty() && numbered_.front().number <= number) {
    acknowledged += numbered_.front().content->size();
    bytes_ -= numbered_.front().bytes;
    numbered_bytes_ -= numbered_.front().bytes;
    numbered_.pop_front();
    if (sent_ > 0)
      --sent_;
  }
  exchanges_ -= acknowledged;
  totals_.acknowledged += acknowledged;
  return acknowledged;
}

std::size_t send_window::abandon() noexcept {
  auto abandoned = exchanges_;
  numbered_.clear();
  waiting_.clear();
  totals_.dropped += abandoned;
  sent_ = exchanges_ = bytes_ = numbered_bytes_ = waiting_exchanges_ = 0;
  return abandoned;
}

} // namespace cleartap
