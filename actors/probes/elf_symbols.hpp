// Finds functions in ELF files by name. Refuses to know why they are wanted.
#pragma once

#include "actors/probes/kernel_programs.hpp"
#include "messages/result.hpp"

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace cleartap {

/// Where the functions called `names` begin in the file at `path`, which is mapped, not read: symbols of the dynamic
/// and, if it was not stripped, of the full symbol table. Each name at most once; names that are not defined there are
/// left out. Fails if the file cannot be opened or is not ELF.
[[nodiscard]] result<std::vector<function_offset>> find_functions(const std::filesystem::path& path,
                                                                  std::span<const std::string_view> names);

} // namespace cleartap
