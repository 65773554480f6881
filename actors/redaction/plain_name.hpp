// Whether a key, a header's name or a segment of a path is a word of the API, or data itself. Refuses to know secrets.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

inline constexpr auto plain_name_max = std::size_t{64};     // bytes
inline constexpr auto plain_word_max = std::size_t{24};     // letters of one word of a name
inline constexpr auto plain_digits_max = std::size_t{4};    // in all
inline constexpr auto plain_digit_run_max = std::size_t{3}; // "sha256"

/// Whether `text` looks like a name that someone gave to a field: a few words with few digits. E-mail addresses, UUIDs,
/// numbers, dates and random letters do not; the first name of a person does, as nothing but its meaning tells.
[[nodiscard]] bool is_plain_name(std::string_view text) noexcept;

} // namespace cleartap::masking
