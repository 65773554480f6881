// Recognises e-mail addresses and phone numbers. Refuses to know whether they are to be masked.
#pragma once

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/patterns.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

/// Which of them are masked.
struct contact_rules {
  bool emails = false;
  bool phones = false;

  constexpr bool any() const noexcept { return emails || phones; }
};

/// Whether a contact can be noticed at a byte of this value.
constexpr bool opens_contact(char c) noexcept { return is_digit(c) || c == '@' || c == '+' || c == '('; }

/// The address whose '@' is text[at] (RFC 5321, without quoted names and literal domains); it begins at `floor` or
/// behind it. A name of a file ("icon@2x.png") is none.
[[nodiscard]] std::optional<finding> find_email(std::string_view text, std::size_t at, std::size_t floor) noexcept;

/// The number that begins at text[at]: international with its '+' (E.164, 7 to 15 digits), or North American in groups
/// ("(212) 555-0123", "212-555-0123"). Digits without either are an id.
[[nodiscard]] std::optional<finding> find_phone(std::string_view text, std::size_t at) noexcept;

/// Whichever of the two `rules` ask for.
[[nodiscard]] std::optional<finding> find_contact(std::string_view text, std::size_t at, std::size_t floor,
                                                  contact_rules rules) noexcept;

} // namespace cleartap::masking
