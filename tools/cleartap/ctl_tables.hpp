// What `cleartap ctl` prints of the admin port's answers. Refuses to ask for them.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace cleartap {

[[nodiscard]] std::string actors_table(const boost::json::object& answer);
[[nodiscard]] std::string topology_table(const boost::json::object& answer);
[[nodiscard]] std::string losses_table(const boost::json::object& answer);
[[nodiscard]] std::string libraries_table(const boost::json::object& answer);
[[nodiscard]] std::string coverage_table(const boost::json::object& answer);
[[nodiscard]] std::string connections_table(const boost::json::object& answer);

/// "info\n"
[[nodiscard]] std::string log_level_line(const boost::json::object& answer);

/// "key: old -> new\n" for each change of a reload, or that there was none.
[[nodiscard]] std::string changes_lines(const boost::json::object& answer);

/// "\nproblem" for each reason why a reload changed nothing.
[[nodiscard]] std::string problems_lines(const boost::json::object& answer);

} // namespace cleartap
