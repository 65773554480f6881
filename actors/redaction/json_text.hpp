// Masks JSON token by token, valid or not, whole or cut, one value or many. Refuses to build a document: what it keeps
// does not grow with the body.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

/// Open brackets of a body that is searched; behind one more, the rest of the body is removed.
inline constexpr auto depth_max = std::size_t{512};

/// Every scalar under a sensitive key becomes a string that is a mask; valid JSON stays valid. From the first token
/// that cannot be JSON on, `text` is masked as plain text. `cut`: the text goes on behind its end.
void mask_json(std::string_view text, bool cut, mask_writer& out);

} // namespace cleartap::masking
