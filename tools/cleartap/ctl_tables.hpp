// What `cleartap ctl` prints of the admin port's answers. Refuses to ask for them.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace cleartap {

[[nodiscard]] std::string actors_table(const boost::json::object& answer);
[[nodiscard]] std::string topology_table(const boost::json::object& answer);
[[nodiscard]] std::string losses_table(const boost::json::object& answer);
[[nodiscard]] std::string libraries_table(const boost::json::object& answer);

/// "info\n"
[[nodiscard]] std::string log_level_line(const boost::json::object& answer);

} // namespace cleartap
