// Recognises payment card numbers and US social security numbers by their digits. Refuses to know the text around them
// beyond what shows that the digits are part of something else.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

inline constexpr auto card_digits_min = std::size_t{12};

/// Bytes at the end of a cut text that are taken for one number.
inline constexpr auto cut_number_max = std::size_t{64};

/// The size of the card number that starts at `at`, or 0. 12 to 19 digits (ISO/IEC 7812; 12 of Maestro only), in one
/// run or in groups parted by single blanks or dashes, or as on a card by ". _ / +", of a known issuer and with a valid
/// check digit. Neither decimals nor hex strings. Precondition: text[at] is a digit and the byte before it is none.
[[nodiscard]] std::size_t card_size(std::string_view text, std::size_t at) noexcept;

/// The size of the social security number ddd-dd-dddd that starts at `at`, or 0; with blanks or nothing for the dashes
/// if the words before it name it. Area, group and serial must be ones that can be issued. Same precondition.
[[nodiscard]] std::size_t ssn_size(std::string_view text, std::size_t at) noexcept;

/// Whether `value` is one number and no more, perhaps behind letters as in "INV-4111111111111111": what stands under a
/// name of numbers, see number_names. A social security number is none.
[[nodiscard]] bool is_numbering(std::string_view value) noexcept;

/// The size of the digits, spaces and dashes from `at` to the end of a text that was cut there, if they may be the
/// beginning of one of the above; else 0. Same precondition.
[[nodiscard]] std::size_t cut_digits_size(std::string_view text, std::size_t at) noexcept;

/// Whether `text` begins with "%B" and the number of a card: track 1 of its stripe (ISO/IEC 7813), no encoded byte.
/// Precondition: it begins with '%' and has another byte.
[[nodiscard]] bool opens_track(std::string_view text) noexcept;

} // namespace cleartap::masking
