// Masks inside of what is encoded: only the part that is secret is replaced, the rest stays as it was written. Refuses
// to know where encoded parts are and what is secret in them.
#pragma once

#include "actors/redaction/encoding.hpp"
#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

/// Lets `mask(text, writer)` mask what `part` says. `part`: of the text of `out`, written with `how`.
template <class Mask>
void mask_layer(std::string_view part, const encoding& how, mask_writer& out, Mask mask) {
  if (out.level() == layers_max)
    return out.mask(part, redaction_class::secret);
  if (!out.spend(part))
    return;
  const auto text = decoded_text{part, how};
  auto inner = mask_writer{text.view(), part, how, out};
  mask(text.view(), inner);
}

} // namespace cleartap::masking
