// Evidence to compact JSON and back, for the store. Refuses to trust what it reads.
#pragma once

#include "actors/inventory/endpoint_evidence.hpp"
#include "messages/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cleartap {

/// Rows of another version are refused.
inline constexpr auto evidence_version = std::uint64_t{1};

/// Equal evidence gives equal text: fields in a fixed order, names sorted, nothing that is empty or 0.
[[nodiscard]] std::string to_text(const endpoint_evidence& evidence);

/// Fails, with a reason that quotes nothing of `text`, on what to_text() cannot have written. More entries than today's
/// limits allow are left out and counted as if they were merged.
[[nodiscard]] result<endpoint_evidence> endpoint_from_text(std::string_view text, const schema_limits& limits);

/// How many exchanges of an API were left out because it has too many endpoints.
[[nodiscard]] std::string left_out_to_text(std::uint64_t left_out);
[[nodiscard]] result<std::uint64_t> left_out_from_text(std::string_view text);

} // namespace cleartap
