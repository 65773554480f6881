// Drops every value of an exchange and keeps names, types and structure: redaction.mode: metadata-only. Refuses to tell
// a secret from what is none.
#pragma once

#include "actors/redaction/policy.hpp"
#include "messages/exchange.hpp"

#include <string_view>

namespace cleartap {

/// Bytes by which marks may make one body longer; what is behind that is removed.
inline constexpr auto dropped_growth_max = std::size_t{1} << 20;

/// Puts a mark of messages/dropped.hpp in the place of each value; a value that is a mask already stays, so that what
/// redact() found is told still. Method, status, host, sizes and times stay, null too. Names that are data themselves
/// (plain_name.hpp) are dropped as well. Of a body that is neither JSON nor a form nothing is kept, and it is marked as
/// truncated; of JSON what comes before the first byte that cannot be JSON.
void drop_values(exchange& what, const redaction_policy& policy);

} // namespace cleartap
