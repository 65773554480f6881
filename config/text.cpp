#include "config/text.hpp"

#include <array>
#include <cstdint>

namespace cleartap {
namespace {

constexpr auto is_continuation(char byte) noexcept { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

/// The length of the character at the start of `text`, which is not empty; 0 if there is none that may be printed.
std::size_t character_size(std::string_view text) noexcept {
  const auto first = static_cast<std::uint8_t>(text[0]);
  if (first < 0x80)
    return (first >= 0x20 && first != 0x7F) || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  const auto size = std::size_t{first >= 0xF0 ? 4u : first >= 0xE0 ? 3u : 2u};
  if (first < 0xC2 || first > 0xF4 || text.size() < size)
    return 0;
  auto code = static_cast<std::uint32_t>(first & (0x7F >> size));
  for (auto i = std::size_t{1}; i < size; ++i) {
    if (!is_continuation(text[i]))
      return 0;
    code = code << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3F);
  }
  constexpr auto smallest = std::array<std::uint32_t, 5>{0, 0, 0xA0, 0x800, 0x10000}; // U+0080..U+009F are controls
  const auto surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code >= smallest[size] && code <= 0x10FFFF && !surrogate ? size : 0;
}

std::string escaped(std::string_view text) {
  constexpr auto digits = std::string_view{"0123456789abcdef"};
  auto out = std::string{};
  for (const auto byte : text) {
    const auto value = static_cast<std::uint8_t>(byte);
    if (value >= 0x20 && value < 0x7F)
      out += byte;
    else
      out.append("\\x").append(1, digits[value >> 4]).append(1, digits[value & 15]);
  }
  return out;
}

} // namespace

std::optional<std::size_t> find_unprintable(std::string_view text) noexcept {
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto size = character_size(text.substr(at));
    if (size == 0)
      return at;
    at += size;
  }
  return std::nullopt;
}

std::string shown(std::string_view text) {
  auto size = text.size();
  if (size > shown_max)
    for (size = shown_max; size > 0 && is_continuation(text[size]);)
      --size;
  const auto part = text.substr(0, size);
  const auto plain = !find_unprintable(part) && part.find_first_of("\t\n\r") == std::string_view::npos;
  return (plain ? std::string{part} : escaped(part)) + (size < text.size() ? "..." : "");
}

} // namespace cleartap
