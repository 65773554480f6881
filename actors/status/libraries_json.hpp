// The TLS libraries of a sniffer as JSON. Refuses to look for them.
#pragma once

#include "messages/capture.hpp"
#include "messages/probing.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cleartap {

[[nodiscard]] std::string_view to_string(library_state state) noexcept;

/// {"libraries":[{"path","device":"fe:00","inode","processes","functions","attached","state","reason","since"}]}, those
/// with most users first; reason is null unless the state is "refused". Device as in /proc/PID/maps.
[[nodiscard]] std::string libraries_json(std::span<const library_row> libraries, wall_time now);

} // namespace cleartap
