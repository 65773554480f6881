// Documents as servers and clients send them, without a secret: what redaction must leave alone. Refuses to know
// redaction.
#pragma once

#include "test/redaction/corpus_values.hpp"

#include <cstddef>
#include <string_view>

namespace cleartap::score {

/// A "[kind]" in its text stands for a look-alike of that kind.
struct document {
  std::string_view carrier; // "body", "query", "path", or the name of a header
  std::string_view content_type;
  std::string_view text;
};

[[nodiscard]] std::size_t documents_count() noexcept;
[[nodiscard]] const document& document_at(std::size_t index) noexcept;

} // namespace cleartap::score
