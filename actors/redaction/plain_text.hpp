// Masks text of no known format: "key=value", "key: value", elements and attributes of markup, user information in URLs
// and what patterns.hpp finds. Refuses to know JSON, forms and multipart, but finds the keys of their pieces too.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

/// `cut`: the text goes on behind its end. `has_words`: a word may be long enough to open a provider's token.
void mask_text(std::string_view text, bool cut, mask_writer& out, bool has_words = true);

/// Only what patterns.hpp finds.
void mask_patterns(std::string_view text, bool cut, mask_writer& out);

} // namespace cleartap::masking
