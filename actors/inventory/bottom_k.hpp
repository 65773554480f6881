// A map that keeps the entries whose names have the smallest hashes. Knows nothing of what an entry is.
#pragma once

#include "actors/inventory/saturating.hpp"
#include "actors/inventory/stable_hash.hpp"

#include <algorithm>
#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cleartap {

struct hashed_view {
  std::uint64_t hash = 0;
  std::string_view name;

  auto operator<=>(const hashed_view&) const = default;
};

struct hashed_name {
  std::uint64_t hash = 0;
  std::string name;

  [[nodiscard]] hashed_view view() const noexcept { return {hash, name}; }
  operator hashed_view() const noexcept { return view(); }
};

struct hashed_less {
  using is_transparent = void;
  bool operator()(hashed_view a, hashed_view b) const noexcept { return a < b; }
};

/// Which names survive is a property of the set of names, not of their order: a name among the smallest of the whole is
/// among the smallest of every part, so it was never refused before and its entry lacks nothing.
/// `T` is default-constructible and has `std::uint64_t weight() const`, how many observations it stands for.
/// Invariant: left_out() plus the weights of the entries is the weight of all that was ever added.
template <class T>
class bottom_k {
public:
  using map_type = std::map<hashed_name, T, hashed_less>;
  using value_type = typename map_type::value_type;

  /// The entry called `name`, made if it is new; nullptr if it is beyond the `size_max` smallest: the caller then says
  /// by leave_out() what it could not add. A displaced entry is shown to `on_displaced(name, entry)`.
  /// Precondition: there are at most `size_max` entries.
  template <class OnDisplaced>
  [[nodiscard]] T* admit(hashed_view name, std::size_t size_max, OnDisplaced&& on_displaced) {
    assert(entries_.size() <= size_max);
    auto found = entries_.lower_bound(name);
    if (found != entries_.end() && found->first.view() == name)
      return &found->second;
    if (entries_.size() >= size_max && found == entries_.end())
      return nullptr;
    auto made = entries_.emplace_hint(found, hashed_name{name.hash, std::string{name.name}}, T{});
    shrink(size_max, on_displaced);
    return &made->second;
  }

  [[nodiscard]] T* admit(std::string_view name, std::size_t size_max) {
    return admit({stable_hash(name), name}, size_max, [](const auto&, const auto&) {});
  }

  void leave_out(std::uint64_t weight = 1) noexcept { count_up(left_out_, weight); }

  template <class OnDisplaced>
  void shrink(std::size_t size_max, OnDisplaced&& on_displaced) {
    while (entries_.size() > size_max) {
      auto last = std::prev(entries_.end());
      leave_out(last->second.weight());
      on_displaced(last->first.name, last->second);
      entries_.erase(last);
    }
  }

  /// `merge_entry(ours, theirs)` for every entry of `other` that survives.
  template <class MergeEntry>
  void merge(const bottom_k& other, std::size_t size_max, MergeEntry&& merge_entry) {
    leave_out(other.left_out_);
    for (const auto& [name, theirs] : other.entries_) {
      if (auto* ours = admit(name, size_max, [](const auto&, const auto&) {}))
        merge_entry(*ours, theirs);
      else
        leave_out(theirs.weight());
    }
  }

  [[nodiscard]] T* find(std::string_view name) {
    auto found = entries_.find(hashed_view{stable_hash(name), name});
    return found == entries_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }
  [[nodiscard]] std::uint64_t weight() const noexcept {
    auto sum = left_out_;
    for (const auto& [name, entry] : entries_)
      count_up(sum, entry.weight());
    return sum;
  }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  /// By hash.
  [[nodiscard]] map_type& entries() noexcept { return entries_; }
  [[nodiscard]] const map_type& entries() const noexcept { return entries_; }

  /// By name: the order of everything that is written.
  [[nodiscard]] std::vector<const value_type*> sorted() const {
    auto all = std::vector<const value_type*>{};
    all.reserve(entries_.size());
    for (const auto& entry : entries_)
      all.push_back(&entry);
    std::ranges::sort(all, {}, [](const value_type* entry) -> std::string_view { return entry->first.name; });
    return all;
  }

private:
  map_type entries_;
  std::uint64_t left_out_ = 0;
};

} // namespace cleartap
