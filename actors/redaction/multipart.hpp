// Splits multipart bodies (RFC 2046 section 5.1, RFC 7578) and masks their parts. Refuses to know what is in a part.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace cleartap::masking {

/// What stands before each part, "--" and the boundary: from `content_type`, else from the first line of `text`; empty
/// if `text` is not multipart.
[[nodiscard]] std::string multipart_delimiter(std::string_view text, std::string_view content_type);

/// Masks the parts whose name is a sensitive key, and the others by their own content type. `cut`: the text goes on
/// behind its end. `level`: how many multipart bodies `text` is inside of.
void mask_multipart(std::string_view text, std::string_view delimiter, bool cut, std::size_t level, mask_writer& out);

} // namespace cleartap::masking
