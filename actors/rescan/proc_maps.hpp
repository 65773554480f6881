// Reads which files processes map executable from a proc file system. Refuses to know which of them matter.
#pragma once

#include "messages/process.hpp"

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace cleartap {

/// The executable file mappings in the text of a /proc/PID/maps (proc(5)), each file once.
[[nodiscard]] std::vector<process_event> parse_maps(std::string_view maps, std::uint32_t pid);

/// Visits the executable mappings of every process under `proc` that may be read. Processes that end meanwhile are
/// skipped. Returns how many could not be read for lack of permission.
std::size_t scan_processes(const std::filesystem::path& proc, const std::function<void(const process_event&)>& visit);

} // namespace cleartap
