// Questions about single bytes of a message. Refuses to know locales.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace cleartap::masking {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alnum(char c) noexcept { return is_digit(c) || is_lower(c) || is_upper(c); }
constexpr bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) noexcept { return is_blank(c) || c == '\n' || c == '\r'; }
constexpr bool is_base64url(char c) noexcept { return is_alnum(c) || c == '-' || c == '_'; }
constexpr char to_lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }

/// A loop, because find() calls a function even for the few bytes that sets have.
constexpr bool is_one_of(char c, std::string_view set) noexcept {
  for (auto each : set)
    if (each == c)
      return true;
  return false;
}

constexpr std::size_t index_of(char c) noexcept { return static_cast<unsigned char>(c); }

constexpr unsigned hex_value(char c) noexcept {
  return is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

constexpr bool is_quote(char c) noexcept { return c == '"' || c == '\'' || c == '`'; }

constexpr bool equal_any_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

/// As text.starts_with(word), without a call.
template <std::size_t Size>
bool starts_with(std::string_view text, const char (&word)[Size]) noexcept {
  return text.size() >= Size - 1 && std::memcmp(text.data(), word, Size - 1) == 0;
}

constexpr bool starts_any_case(std::string_view text, std::string_view opening) noexcept {
  return equal_any_case(text.substr(0, opening.size()), opening);
}

/// Where `part` begins at `from` or behind it.
constexpr std::size_t find_any_case(std::string_view text, std::string_view part, std::size_t from = 0) noexcept {
  for (auto at = from; at + part.size() <= text.size(); ++at) {
    const auto may_begin = part.empty() || to_lower(text[at]) == to_lower(part[0]);
    if (may_begin && equal_any_case(text.substr(at, part.size()), part))
      return at;
  }
  return std::string_view::npos;
}

constexpr bool contains_any_case(std::string_view text, std::string_view part) noexcept {
  return find_any_case(text, part) != std::string_view::npos;
}

constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

} // namespace cleartap::masking
