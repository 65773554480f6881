#include "actors/streams/late_hpack.hpp"

#include "actors/streams/hpack_integer.hpp"

namespace cleartap {

bool late_hpack::decode(std::span<const std::uint8_t> block, const field_visitor& visit) {
  if (!strings_)
    strings_.emplace(table_max_);
  while (begins_size_update(block)) {
    const auto size = take_hpack_integer(block, size_update_prefix);
    if (!size)
      return false;
    log_.limit(*size);
  }
  while (!block.empty())
    if (!decode_field(block, visit))
      return false;
  return true;
}

void late_hpack::forget() noexcept {
  log_.clear();
  strings_.reset(); // it may have stopped within a string
}

void late_hpack::rest() {
  strings_.reset();
  log_.rest();
}

header_field late_hpack::entry(std::size_t index) const {
  constexpr auto statics = hpack_inflater::static_entries;
  return index <= statics ? strings_->entry(index) : log_.at(index - statics - 1);
}

bool late_hpack::decode_field(std::span<const std::uint8_t>& rest, const field_visitor& visit) {
  const auto first = rest[0];
  if ((first & 0x80) != 0) { // RFC 7541, 6.1
    const auto index = take_hpack_integer(rest, 7);
    if (!index || *index == 0)
      return false;
    visit(entry(*index));
    return true;
  }
  if (begins_size_update(rest))
    return false;
  const auto inserts = (first & 0x40) != 0; // 6.2.1; else 6.2.2 and 6.2.3
  const auto name_index = take_hpack_integer(rest, inserts ? 6 : 4);
  auto field = header_field{};
  if (!name_index || !strings_->inflate_literal(rest, *name_index == 0, field))
    return false;
  if (*name_index != 0) {
    const auto named = entry(*name_index);
    field.name = named.name;
    field.name_known = named.name_known;
  }
  visit(field);
  if (inserts)
    log_.add(field); // behind the visit: the name may be of an entry that this evicts
  return true;
}

} // namespace cleartap
