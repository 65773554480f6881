// NDJSON of many texts to redact: {id, content_type, body_base64} a line in, {id, body_base64} or {id, error} a line
// out. Refuses to know policies.
#pragma once

#include "tools/cleartap/redactor.hpp"

#include <functional>
#include <iosfwd>
#include <string_view>

namespace cleartap {

/// Bytes of one line. Longer ones are refused and skipped, so that memory has a bound whatever comes.
inline constexpr auto batch_line_max = std::size_t{32} << 20;

struct batch_outcome {
  std::uint64_t lines = 0;
  std::uint64_t refused = 0;
};

/// `told(id, text)`, with the id as JSON, is called for each text that was redacted, before its line is written.
batch_outcome redact_batch(redactor& redact, std::istream& in, std::ostream& out,
                           const std::function<void(std::string_view id, const redacted_text&)>& told);

} // namespace cleartap
