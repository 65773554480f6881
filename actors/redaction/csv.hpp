// Masks tables of text whose first line names the columns (RFC 4180), parted by commas or what is used instead. Refuses
// to guess names: a table without them is plain text.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

/// Columns beyond this many are masked as if they had no name.
inline constexpr auto columns_max = std::size_t{128};

[[nodiscard]] bool is_table(std::string_view content_type) noexcept;

/// `cut`: the text goes on behind its end.
void mask_table(std::string_view text, bool cut, mask_writer& out);

} // namespace cleartap::masking
