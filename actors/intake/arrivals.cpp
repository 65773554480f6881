#include "actors/intake/arrivals.hpp"

#include <algorithm>

namespace cleartap {

std::size_t shard_of_authority(std::string_view authority, std::size_t shards) noexcept {
  return std::hash<std::string_view>{}(authority) % shards;
}

void arrivals::load(const watermark& committed) { senders_[committed.sender] = {committed.number, committed.number}; }

arrival arrivals::arrive(const sender_id& sender, std::uint64_t number) {
  auto& known = senders_[sender];
  if (number <= known.taken)
    return arrival::duplicate;
  if (number != known.taken + 1)
    return arrival::gap;
  known.taken = number;
  return arrival::fresh;
}

std::vector<watermark> arrivals::uncommitted() const {
  auto marks = std::vector<watermark>{};
  for (const auto& [sender, known] : senders_)
    if (known.taken > known.committed)
      marks.push_back({sender, known.taken});
  return marks;
}

void arrivals::commit(const std::vector<watermark>& committed) {
  for (const auto& mark : committed)
    senders_[mark.sender].committed = std::max(senders_[mark.sender].committed, mark.number);
}

std::uint64_t arrivals::committed(const sender_id& sender) const {
  auto found = senders_.find(sender);
  return found == senders_.end() ? 0 : found->second.committed;
}

} // namespace cleartap
