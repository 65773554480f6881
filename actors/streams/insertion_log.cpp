#include "actors/streams/insertion_log.hpp"

#include <algorithm>
#include <cassert>

namespace cleartap {

void insertion_log::add(const header_field& inserted) {
  assert(inserted.value_known); // only literals are inserted
  const auto added = entry{.begin = static_cast<std::uint32_t>(bytes_.size()),
                           .name_size = static_cast<std::uint32_t>(inserted.name.size()),
                           .value_size = static_cast<std::uint32_t>(inserted.value.size()),
                           .name_known = inserted.name_known};
  if (size_of(added) > limit_) {
    dead_ = entries_.size();
    size_ = 0;
  } else {
    bytes_.append(inserted.name).append(inserted.value); // the name may be in bytes_: append() copes
    entries_.push_back(added);
    size_ += size_of(added);
    evict();
  }
  compact();
}

header_field insertion_log::at(std::size_t age) const noexcept {
  if (age >= entries_.size() - dead_)
    return {.name_known = false, .value_known = false};
  const auto& found = entries_[entries_.size() - 1 - age];
  const auto bytes = std::string_view{bytes_}.substr(found.begin, found.name_size + found.value_size);
  return {
      .name = bytes.substr(0, found.name_size), .value = bytes.substr(found.name_size), .name_known = found.name_known};
}

void insertion_log::limit(std::size_t table_size) {
  limit_ = std::min(table_size, size_max_);
  evict();
  compact();
}

void insertion_log::rest() {
  entries_.shrink_to_fit();
  bytes_.shrink_to_fit();
}

void insertion_log::clear() noexcept {
  limit_ = size_max_;
  size_ = dead_ = 0;
  entries_.clear();
  bytes_.clear();
}

void insertion_log::evict() {
  for (; size_ > limit_; ++dead_)
    size_ -= size_of(entries_[dead_]);
}

/// Rarely enough that an insertion costs little, often enough that the dead take little room.
void insertion_log::compact() {
  if (dead_ == entries_.size()) {
    dead_ = 0;
    entries_.clear();
    bytes_.clear();
    return;
  }
  const auto dead_bytes = entries_[dead_].begin;
  if (dead_ * 4 <= entries_.size() && dead_bytes <= size_max_ / 4)
    return;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(dead_));
  bytes_.erase(0, dead_bytes);
  dead_ = 0;
  for (auto& each : entries_)
    each.begin -= dead_bytes;
}

} // namespace cleartap
