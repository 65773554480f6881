#include "actors/uplink/send_window.hpp"

#include <algorithm>
#include <iterator>

namespace cleartap {

std::size_t send_window::add(exchange_batch batch) {
  exchanges_ += batch.size();
  waiting_exchanges_ += batch.size();
  if (!waiting_.empty() && waiting_.back().size() + batch.size() <= batch_size_max_)
    std::ranges::move(batch.exchanges, std::back_inserter(waiting_.back().exchanges));
  else
    waiting_.push_back(std::move(batch));
  auto dropped = std::size_t{0};
  while (waiting_exchanges_ > exchanges_max_) {
    dropped += waiting_.front().size();
    waiting_exchanges_ -= waiting_.front().size();
    waiting_.pop_front();
  }
  exchanges_ -= dropped;
  return dropped;
}

std::optional<send_window::numbered> send_window::next() {
  if (sent_ < numbered_.size())
    return numbered_[sent_++];
  if (waiting_.empty() || numbered_.size() >= batches_max_)
    return std::nullopt;
  waiting_exchanges_ -= waiting_.front().size();
  numbered_.push_back({++last_number_, std::make_shared<const exchange_batch>(std::move(waiting_.front()))});
  waiting_.pop_front();
  return numbered_[sent_++];
}

std::size_t send_window::acknowledge(std::uint64_t number) {
  auto acknowledged = std::size_t{0};
  while (!numbered_.empty() && numbered_.front().number <= number) {
    acknowledged += numbered_.front().content->size();
    numbered_.pop_front();
    if (sent_ > 0)
      --sent_;
  }
  exchanges_ -= acknowledged;
  return acknowledged;
}

} // namespace cleartap
