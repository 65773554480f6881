// Finds the tokens of provider_forms.hpp in text of any kind. Refuses to know keys and formats.
#pragma once

#include "actors/redaction/patterns.hpp"
#include "actors/redaction/word_runs.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

/// Bytes behind a prefix from which a token that the end of a cut text has shortened is told.
inline constexpr auto cut_token_min = std::size_t{12};

/// The first token that begins at `from` or behind it. `cut`: the text goes on behind its end. A word of the text
/// bounds a token on both sides; "\n" and "%22" as their escapes stand before one are no part of it.
[[nodiscard]] std::optional<finding> find_provider(std::string_view text, std::size_t from, bool cut) noexcept;

using provider_search = search_ahead<find_provider>;

} // namespace cleartap::masking
