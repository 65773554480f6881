// Where file systems are mounted. Refuses to know what they are for.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace cleartap {

/// The mount points of the file systems of this type in a mounts file (proc(5)), in its order. A path with blanks is
/// none.
[[nodiscard]] std::vector<std::filesystem::path> mount_points(const std::filesystem::path& mounts,
                                                              std::string_view type);

} // namespace cleartap
