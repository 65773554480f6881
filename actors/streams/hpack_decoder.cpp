#include "actors/streams/hpack_decoder.hpp"

#include "actors/streams/hpack_integer.hpp"

#include <algorithm>

namespace cleartap {

namespace {

/// The largest table that a block makes, or 0.
std::size_t size_update_of(std::span<const std::uint8_t> block) {
  auto largest = std::uint32_t{0};
  while (begins_size_update(block))
    largest = std::max(largest, take_hpack_integer(block, size_update_prefix).value_or(0));
  return largest;
}

} // namespace

hpack_decoder::hpack_decoder(join how, std::size_t table_max) : table_max_{table_max} {
  if (how == join::late)
    late_.emplace(table_max_);
}

bool hpack_decoder::decode(std::span<const std::uint8_t> block, const field_visitor& visit) {
  // nghttp2 would fail, though a table that is larger than what is remembered can be followed as a late one.
  if (!late_ && size_update_of(block) > table_max_)
    become_late();
  const auto whole = late_ ? late_->decode(block, visit) : decode_from_start(block, visit);
  if (!whole)
    lose();
  return whole;
}

void hpack_decoder::lose() {
  inflater_.reset();
  if (late_)
    late_->forget();
  else
    late_.emplace(table_max_);
}

void hpack_decoder::rest() {
  if (!late_ && inflater_)
    become_late();
  if (late_)
    late_->rest();
}

bool hpack_decoder::decode_from_start(std::span<const std::uint8_t> block, const field_visitor& visit) {
  if (!inflater_)
    inflater_.emplace(table_max_);
  return inflater_->inflate(block, visit);
}

void hpack_decoder::become_late() {
  late_.emplace(table_max_);
  if (!inflater_)
    return;
  late_->limit(inflater_->table_size());
  for (auto index = inflater_->entries(); index > hpack_inflater::static_entries; --index)
    late_->learn(inflater_->entry(index));
  inflater_.reset();
}

} // namespace cleartap
