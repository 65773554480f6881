#include "actors/intake/arrivals.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace cleartap {

namespace {

bool differ(const watermark& a, const watermark& b) noexcept { return a.number != b.number || a.end != b.end; }

} // namespace

std::size_t shard_of_authority(std::string_view authority, std::size_t shards) noexcept {
  return std::hash<std::string_view>{}(authority) % shards;
}

void arrivals::load(const watermark& committed) { senders_[committed.sender] = {committed, committed, 0}; }

void arrivals::begin(const sender_id& sender) {
  auto& known = senders_[sender];
  known.taken.sender = known.committed.sender = sender;
  known.turn = ++turn_;
  if (known.taken.end == epoch_end::unclean)
    known.taken.end = epoch_end::open; // its process is there after all
  close_others(sender);
  if (senders_.size() > senders_max)
    forget_oldest(senders_.begin(), senders_.end());
}

void arrivals::close_others(const sender_id& latest) {
  auto first = senders_.lower_bound({latest.sniffer, 0});
  auto last = first;
  auto count = std::size_t{0};
  for (; last != senders_.end() && last->first.sniffer == latest.sniffer; ++last, ++count)
    if (last->first != latest && last->second.taken.end == epoch_end::open)
      last->second.taken.end = epoch_end::unclean;
  if (count > epochs_max)
    forget_oldest(first, last);
}

void arrivals::forget_oldest(std::map<sender_id, progress>::iterator begin,
                             std::map<sender_id, progress>::iterator end) {
  auto oldest =
      std::min_element(begin, end, [](const auto& a, const auto& b) { return a.second.turn < b.second.turn; });
  forgotten_.push_back(oldest->first);
  senders_.erase(oldest);
}

arrival arrivals::arrive(const sender_id& sender, std::uint64_t number, std::uint64_t exchanges) {
  if (!senders_.contains(sender))
    begin(sender);
  auto& taken = senders_[sender].taken;
  if (number <= taken.number)
    return arrival::duplicate;
  if (number != taken.number + 1)
    return arrival::gap;
  taken.number = number;
  taken.exchanges += exchanges;
  return arrival::fresh;
}

void arrivals::end(const farewell& last) {
  if (!senders_.contains(last.sender))
    begin(last.sender);
  auto& taken = senders_[last.sender].taken;
  taken.end = epoch_end::clean;
  taken.offered = last.offered;
  taken.dropped = last.dropped;
}

std::vector<watermark> arrivals::uncommitted() const {
  auto marks = std::vector<watermark>{};
  for (const auto& [sender, known] : senders_)
    if (differ(known.taken, known.committed))
      marks.push_back(known.taken);
  return marks;
}

void arrivals::commit(const std::vector<watermark>& committed) {
  for (const auto& mark : committed) {
    auto known = senders_.find(mark.sender);
    if (known != senders_.end() && mark.number >= known->second.committed.number)
      known->second.committed = mark;
  }
}

std::uint64_t arrivals::committed(const sender_id& sender) const {
  auto found = senders_.find(sender);
  return found == senders_.end() ? 0 : found->second.committed.number;
}

std::uint64_t arrivals::waiting(const sender_id& sender) const {
  auto found = senders_.find(sender);
  return found == senders_.end() ? 0 : found->second.taken.number - found->second.committed.number;
}

bool arrivals::ended(const sender_id& sender) const {
  auto found = senders_.find(sender);
  return found != senders_.end() && found->second.committed.end == epoch_end::clean;
}

std::vector<watermark> arrivals::all() const {
  auto marks = std::vector<watermark>{};
  for (const auto& [sender, known] : senders_)
    marks.push_back(known.committed);
  return marks;
}

} // namespace cleartap
