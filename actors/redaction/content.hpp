// Masks a value of any format: decides whether it is read as JSON or as text. Refuses to know what either masks.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

inline constexpr auto byte_order_mark = std::string_view{"\xef\xbb\xbf"};

/// Whether `text` begins like a JSON document, perhaps behind a byte order mark.
[[nodiscard]] bool looks_like_json(std::string_view text) noexcept;

/// As JSON if `text` looks like it, else as plain text. `cut`: it goes on behind its end.
void mask_content(std::string_view text, bool cut, mask_writer& out);

} // namespace cleartap::masking
