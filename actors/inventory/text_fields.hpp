// What was seen of name=value pairs: queries and forms. Refuses to know which of both it is.
#pragma once

#include "actors/inventory/bottom_k.hpp"
#include "actors/inventory/schema_evidence.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cleartap {

inline constexpr auto fields_max = std::size_t{64};           // names per query or form
inline constexpr auto field_name_size_max = std::size_t{256}; // bytes after decoding
inline constexpr auto pairs_max = std::size_t{1024};          // pairs read of one call

struct field_evidence {
  std::uint64_t calls = 0;    // calls that had it
  std::uint64_t repeated = 0; // calls that had it more than once
  schema_evidence values;     // as text

  [[nodiscard]] std::uint64_t weight() const noexcept { return calls; }
};

using text_fields = bottom_k<field_evidence>;

/// Adds the pairs of one call, application/x-www-form-urlencoded. Counted as left out are names that are empty, too
/// long or not UTF-8, and pairs beyond pairs_max.
void learn(text_fields& into, std::string_view encoded);

void merge(text_fields& into, const text_fields& from, const schema_limits& limits);

} // namespace cleartap
