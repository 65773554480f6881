// Decodes HPACK without the table's past: joins anywhere, tells what it saw inserted, and says of the rest that it is
// unknown. Refuses to know the table's size, and what is evicted from it.
#pragma once

#include "actors/streams/hpack_inflater.hpp"
#include "actors/streams/insertion_log.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cleartap {

/// Why a log of insertions is enough. Every representation tells its own length, so what is unknown can be skipped.
/// A dynamic index counts insertions from the newest back (RFC 7541, 2.3.3), and whatever leaves the table is the
/// oldest that it holds (4.3, 4.4): the table is always the newest entries of the full history, and how many it holds
/// decides only which indices an encoder may use, never what one means. An entry larger than the table empties it and
/// is not in it (4.4): nothing up to it is referred to again, so that counting it does no harm. A size update (6.3)
/// only evicts, and enlarging brings nothing back. So an index beyond the log is older than the log, and unknown.
class late_hpack {
public:
  explicit late_hpack(std::size_t table_max) noexcept : table_max_{table_max}, log_{table_max} {}

  /// See hpack_decoder. False: malformed; forget() has to follow.
  [[nodiscard]] bool decode(std::span<const std::uint8_t> block, const field_visitor& visit);

  void forget() noexcept;

  /// Gives back what the next block can make again.
  void rest();

  /// What the table's size is known to be.
  void limit(std::size_t table_size) { log_.limit(table_size); }

  /// An entry that is known from elsewhere, the newest so far.
  void learn(const header_field& inserted) { log_.add(inserted); }

private:
  bool decode_field(std::span<const std::uint8_t>& rest, const field_visitor& visit);
  header_field entry(std::size_t index) const;

  std::size_t table_max_;
  insertion_log log_;
  std::optional<hpack_inflater> strings_; // for literals and the static table; made for the first block
};

} // namespace cleartap
