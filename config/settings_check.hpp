// What settings that are right one by one cannot be together. Refuses to look at files, sockets and the machine.
#pragma once

#include "config/node_role.hpp"
#include "config/settings.hpp"

#include <cstddef>

namespace cleartap {

/// Items that one edge of the pipeline may hold, in its queues and under way. An item is an exchange or an event of
/// some hundred bytes at least: beyond this the limits of an edge limit nothing any more.
inline constexpr auto edge_items_max = std::size_t{4} * 1024 * 1024;

/// The failure names every combination that makes no sense in this role, one a line: both keys, the reason, the mend.
[[nodiscard]] result<void> check_settings(const settings& config, node_role role);

/// load_settings, then check_settings.
[[nodiscard]] result<settings> load_settings(const std::filesystem::path& path, std::span<const std::string> overrides,
                                             node_role role);

} // namespace cleartap
