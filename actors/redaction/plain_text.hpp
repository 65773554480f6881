// Masks text of no known format: "key=value", "key: value", elements and attributes of markup, user information in URLs
// and what patterns.hpp finds. Refuses to know JSON, forms and multipart, but finds the keys of their pieces too.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <cstdint>
#include <string_view>

namespace cleartap::masking {

enum class text_kind : std::uint8_t {
  any,
  word, // one word of a text, decoded: blanks do not end what stands in a query
  code  // of a program: a value without quotes is an expression, not a secret
};

/// What a text may hold, if that is known.
struct text_words {
  bool provider = true; // a word that is long enough to open a provider's token
  bool base64 = true;   // a run that is long enough to be looked into
};

/// What is percent-encoded, in entities, in base64 or behind "\\u" is looked into. `cut`: the text goes on behind its
/// end.
void mask_text(std::string_view text, bool cut, mask_writer& out, text_kind kind = text_kind::any,
               text_words words = {});

} // namespace cleartap::masking
