// Recognises e-mail addresses and phone numbers. Refuses to know whether they are to be masked.
#pragma once

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/patterns.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

/// Which of them are masked; the others are noted.
struct contact_rules {
  bool emails = false;
  bool phones = false;
};

/// Whether a contact can be noticed at a byte of this value.
constexpr bool opens_contact(char c) noexcept { return is_digit(c) || c == '@' || c == '+' || c == '('; }

/// Whether one can be noticed at text[at]: most digits and signs are told from it by a byte next to them.
constexpr bool may_open_contact(std::string_view text, std::size_t at) noexcept {
  if (is_digit(text[at]))
    return at + 3 < text.size() && is_one_of(text[at + 3], "-. ");
  if (text[at] == '+')
    return at == 0 || !is_alnum(text[at - 1]);
  return opens_contact(text[at]);
}

/// The address whose '@' is text[at] (RFC 5321, without quoted names and literal domains); it begins at `floor` or
/// behind it. A name of a file ("icon@2x.png") is none.
[[nodiscard]] std::optional<finding> find_email(std::string_view text, std::size_t at, std::size_t floor) noexcept;

/// The number that begins at text[at]: international with its '+' (E.164, 7 to 15 digits), or North American in groups
/// ("(212) 555-0123", "212-555-0123"). Digits without either are an id.
[[nodiscard]] std::optional<finding> find_phone(std::string_view text, std::size_t at) noexcept;

/// Whichever of the two is noticed at text[at].
[[nodiscard]] std::optional<finding> find_contact(std::string_view text, std::size_t at, std::size_t floor) noexcept;

} // namespace cleartap::masking
