// Reads what /proc tells of one process. Refuses to remember anything.
#pragma once

#include "actors/enrichment/process_table.hpp"

#include <filesystem>

namespace cleartap {

/// Nothing if the process is gone. Parts that may not be read stay empty.
[[nodiscard]] std::optional<proc_facts> read_proc(const std::filesystem::path& proc, std::uint32_t pid);

} // namespace cleartap
