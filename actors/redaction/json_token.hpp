// The tokens of JSON without quotes. Refuses to know strings and structure.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

struct bare_token {
  std::string_view text;
  bool is_numeric = true;
};

[[nodiscard]] bare_token read_token(std::string_view text, std::size_t at) noexcept;

/// A value that says no more than yes, no or nothing.
[[nodiscard]] bool is_plain_literal(std::string_view token) noexcept;

/// The index behind the token at `at` if that is such a value or a number that is too short for a card; else, and near
/// the end of the text, `at`.
[[nodiscard]] std::size_t plain_token_end(std::string_view text, std::size_t at) noexcept;

} // namespace cleartap::masking
