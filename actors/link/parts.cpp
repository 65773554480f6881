#include "actors/link/parts.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap {

std::vector<wire_part> split(std::uint64_t number, std::span<const std::uint8_t> bytes) {
  assert(number > 0 && bytes.size() <= batch_size_max);
  const auto count = std::max<std::size_t>(1, (bytes.size() + wire_part_size_max - 1) / wire_part_size_max);
  auto parts = std::vector<wire_part>(count);
  for (auto i = std::uint32_t{0}; auto& each : parts) {
    const auto own = bytes.first(std::min(bytes.size(), wire_part_size_max));
    each = {number, i++, static_cast<std::uint32_t>(count), {own.begin(), own.end()}};
    bytes = bytes.subspan(own.size());
  }
  return parts;
}

result<std::optional<std::vector<std::uint8_t>>> part_assembly::add(const wire_part& part) {
  if (part.number == 0 || part.parts == 0 || part.parts > wire_parts_max || part.part >= part.parts ||
      part.bytes.size() > wire_part_size_max)
    return refuse("numbers that no part has");
  if (part.part == 0) {
    bytes_.clear();
    number_ = part.number;
    parts_ = part.parts;
    next_ = 0;
  }
  if (part.part != next_ || part.number != number_ || part.parts != parts_)
    return refuse("part " + std::to_string(part.part) + " of batch " + std::to_string(part.number) +
                  " is not the next one");
  if (part.bytes.size() > size_max_ - bytes_.size())
    return refuse("the parts are longer than " + std::to_string(size_max_) + " bytes");
  bytes_.insert(bytes_.end(), part.bytes.begin(), part.bytes.end());
  ++next_;
  if (next_ < parts_)
    return std::optional<std::vector<std::uint8_t>>{};
  next_ = 0;
  number_ = 0;
  return std::optional{std::exchange(bytes_, {})};
}

failure part_assembly::refuse(std::string why) {
  bytes_ = {};
  next_ = 0;
  number_ = 0;
  return {"a part of a batch was refused: " + std::move(why)};
}

} // namespace cleartap
