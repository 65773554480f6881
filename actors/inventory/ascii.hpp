// Classes of ASCII characters whatever the locale is. Refuses to know any other character.
#pragma once

#include <string_view>

namespace cleartap {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alnum(char c) noexcept { return is_digit(c) || is_lower(c) || is_upper(c); }
constexpr bool is_hex_digit(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_one_of(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }

/// RFC 9110 section 5.6.2: what methods and media types are made of.
constexpr bool is_token_char(char c) noexcept { return is_alnum(c) || is_one_of(c, "!#$%&'*+-.^_`|~"); }

constexpr char to_lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char to_upper(char c) noexcept { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// Whether `text` begins with '%' and two hex digits (RFC 3986 section 2.1).
constexpr bool starts_with_escape(std::string_view text) noexcept {
  return text.size() > 2 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
}

constexpr unsigned hex_value(char c) noexcept {
  return is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(to_lower(c) - 'a' + 10);
}

/// Precondition: starts_with_escape(text).
constexpr char unescaped(std::string_view text) noexcept {
  return static_cast<char>(hex_value(text[1]) << 4 | hex_value(text[2]));
}

} // namespace cleartap
