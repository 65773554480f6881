// The JSON of the REST answers about the inventory. Refuses to know HTTP and where the summaries come from.
// Every text is valid JSON and valid UTF-8, whatever bytes the names contain: ill-formed parts are shown as U+FFFD.
// Times are RFC 3339 in UTC with milliseconds, rounded down.
#pragma once

#include "messages/inventory.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cleartap {

/// {"apis":[{"id","authority","served","called","endpoint_count","first_seen","last_seen"}]}, by authority, then id.
[[nodiscard]] std::string apis_json(std::span<const api_summary> apis);

/// The members of one entry of apis_json and "endpoints":[{"method","path","served","called","first_seen","last_seen",
/// "statuses":{"200":12,"none":1},"sensitive":[{"class","place","exchanges","shown","last_seen"}]}] in the order of
/// `api`; "none" counts exchanges without a response, "sensitive" tells what redaction found: never a value; "shown":
/// in how many of the exchanges it was not removed.
[[nodiscard]] std::string api_json(const api_summary& api);

/// {"error":cause}
[[nodiscard]] std::string error_json(std::string_view cause);

} // namespace cleartap
