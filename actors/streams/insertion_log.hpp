// The newest insertions into a dynamic table of HPACK, bounded. Refuses to know the table's true size.
#pragma once

#include "actors/streams/header_field.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cleartap {

/// Invariant: what it holds are the newest insertions without a gap, but for one that was too large for it: that one
/// empties it, and is behind the oldest entry from then on. The sizes (RFC 7541, 4.1) are within `limit()`.
class insertion_log {
public:
  /// Not more is held whatever limit is set.
  explicit insertion_log(std::size_t size_max) noexcept : size_max_{size_max}, limit_{size_max} {}

  /// The name may be a view of the log itself.
  void add(const header_field& inserted);

  /// From the newest, 0. What is not there is unknown.
  [[nodiscard]] header_field at(std::size_t age) const noexcept;

  /// Of the table, which evicts what is beyond; entries of unknown size count as little as they can.
  void limit(std::size_t table_size);

  /// Takes no more memory than what it holds.
  void rest();

  /// Forgets everything, and the limit too.
  void clear() noexcept;

private:
  struct entry {
    std::uint32_t begin = 0; // in bytes_: its name, then its value
    std::uint32_t name_size = 0;
    std::uint32_t value_size = 0;
    bool name_known = true;
  };
  static std::size_t size_of(const entry& of) noexcept { return std::size_t{of.name_size} + of.value_size + 32; }

  void evict();
  void compact();

  std::size_t size_max_;
  std::size_t limit_;
  std::size_t size_ = 0; // of the live entries
  std::size_t dead_ = 0; // entries evicted, but still in front of the others
  std::vector<entry> entries_;
  std::string bytes_;
};

} // namespace cleartap
