// Reads what /proc tells of one process. Refuses to remember anything.
#pragma once

#include "actors/enrichment/process_table.hpp"

#include <filesystem>

namespace cleartap {

/// Nothing if the process is gone. Parts that may not be read stay empty.
[[nodiscard]] std::optional<proc_facts> read_proc(const std::filesystem::path& proc, std::uint32_t pid);

/// The path of the executable as the process itself sees it; empty if it may not be read, or the process is gone.
[[nodiscard]] std::string read_executable(const std::filesystem::path& proc, std::uint32_t pid);

} // namespace cleartap
