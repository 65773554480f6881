// An exchange as one line of JSON: what `cleartap watch --json` prints. Refuses to print anything that is not UTF-8:
// such bodies go out as base64, such texts with replacement characters.
#pragma once

#include "messages/exchange.hpp"

#include <string>

namespace cleartap {

/// Without a line end. Times are RFC 3339 in UTC; unknown values are null.
[[nodiscard]] std::string exchange_json(const exchange& what);

} // namespace cleartap
