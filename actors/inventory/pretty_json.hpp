// JSON for people: indented by two spaces, members in their order. Knows nothing of what it prints.
#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace cleartap {

/// Ends with a newline. The recursion is as deep as the value.
[[nodiscard]] std::string pretty(const boost::json::object& root);

} // namespace cleartap
