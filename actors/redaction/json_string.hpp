// The escapes of JSON strings (RFC 8259 section 7). Refuses to know what surrounds a string.
#pragma once

#include <string>
#include <string_view>

namespace cleartap::masking {

/// Undoes the escapes of what stands between the quotes. Tolerant: an unknown escape stands for its character, half a
/// surrogate pair for U+FFFD, an escape that is cut short for nothing.
[[nodiscard]] std::string json_unescaped(std::string_view content);

/// Appends `text` so that it may stand between the quotes of a JSON string.
void append_json_escaped(std::string& out, std::string_view text);

} // namespace cleartap::masking
