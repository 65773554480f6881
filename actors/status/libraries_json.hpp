// The TLS libraries of a sniffer as JSON. Refuses to look for them.
#pragma once

#include "messages/capture.hpp"
#include "messages/probing.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cleartap {

[[nodiscard]] std::string_view to_string(library_state state) noexcept;

/// {"libraries":[{"family","path","device":"fe:00","inode","processes","functions","attached","state","probes","reason",
/// "since"}]}, those with most users first. "probes" says how they are attached; reason is of a refusal, or why some
/// functions are left out, or null. Device and inode are what carries the probes: on an overlay, the file of the layer
/// below.
[[nodiscard]] std::string libraries_json(std::span<const library_row> libraries, wall_time now);

} // namespace cleartap
