// One exchange as a line for a person to read. Refuses to print control characters: they come from captured traffic.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace cleartap {

/// From the object that `cleartap watch --json` prints:
/// "08:12:03.120 curl[4242] calls GET localhost:8443/users/42?x=1 200 1.8 ms 312 B"
[[nodiscard]] std::string watch_line(const boost::json::object& exchange);

} // namespace cleartap
