// Finds the key before and the value behind a ':' or '=' in text of any format. Refuses to judge keys.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

inline constexpr auto text_key_size_max = std::size_t{128}; // bytes before a separator that are taken for its key

inline constexpr auto authority_size_max = std::size_t{1024}; // bytes behind "://" that may be user information

struct text_key {
  std::string_view name;   // as written, perhaps with escapes
  std::string_view before; // the word before an unquoted name: "API" of "API key"
  bool quoted = false;
  bool opens_line = false;
  bool in_path = false; // behind a slash: the ':' is that of a port, a tag or a custom verb
};

/// The key that ends before the separator text[at]; text before `floor` does not belong to it.
[[nodiscard]] text_key key_before(std::string_view text, std::size_t at, std::size_t floor) noexcept;

/// The value of `key` behind the separator text[at], without its quotes; perhaps empty.
///   quoted           to the closing quote; "" and \" are part of the value
///   in brackets      to the bracket that closes
///   on a line        to the end of the line if the key opens the line or a blank follows the ':'
///   below            all lines that are indented deeper than the key's (YAML)
///   in a query       to the next '&', blank, double quote or angle bracket
[[nodiscard]] std::string_view value_after(std::string_view text, std::size_t at, const text_key& key) noexcept;

/// The part before the '@' of the authority that follows the "://" at text[at] (RFC 3986 section 3.2.1); perhaps empty.
[[nodiscard]] std::string_view userinfo_after(std::string_view text, std::size_t at) noexcept;

} // namespace cleartap::masking
