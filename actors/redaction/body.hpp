// Chooses how a body is masked. Refuses to trust its content type: what looks like JSON or multipart is read as such.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

/// Multipart inside of multipart, and so on; the rest of a body from where there is more of it is removed.
inline constexpr auto multipart_levels_max = std::size_t{4};

/// `cut`: the text goes on behind its end. `level`: how many multipart bodies it is inside of.
void mask_body(std::string_view text, std::string_view content_type, bool cut, std::size_t level, mask_writer& out);

} // namespace cleartap::masking
