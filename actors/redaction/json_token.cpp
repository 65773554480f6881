#include "actors/redaction/json_token.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/cards.hpp"

#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

enum token_part : std::uint8_t {
  ends_token = 1,
  numeric = 2 // of a number
};

constexpr auto token_parts = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto c : std::string_view{" \t\r\n{}[],:\""})
    table[index_of(c)] = ends_token;
  for (auto c : std::string_view{"0123456789.-+eE"})
    table[index_of(c)] = numeric;
  return table;
}();

} // namespace

bare_token read_token(std::string_view text, std::size_t at) noexcept {
  auto end = at;
  auto common = unsigned{numeric};
  for (; end < text.size(); ++end) {
    const auto part = token_parts[index_of(text[end])];
    if (part == ends_token)
      break;
    common &= part;
  }
  return {text.substr(at, end - at), common != 0};
}

bool is_plain_literal(std::string_view token) noexcept {
  return token == "true" || token == "false" || token == "null";
}

std::size_t plain_token_end(std::string_view text, std::size_t at) noexcept {
  const auto near = text.substr(at, lane_size);
  if (near.size() < lane_size)
    return at;
  if (is_digit(near[0]) || near[0] == '-') {
    const auto lane = vector_lane::load(near.data());
    const auto number = lane.within('0', '9') | lane.within('-', '.') | lane.is('+') | lane.folded().is('e');
    const auto size = lowest_bit(~number.bits());
    return size < card_digits_min ? at + size : at;
  }
  const auto size = starts_with(near, "true") || starts_with(near, "null") ? 4u : starts_with(near, "false") ? 5u : 0u;
  return at + size;
}

} // namespace cleartap::masking
