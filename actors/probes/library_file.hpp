// Tells which TLS library a file is or contains, and where the functions are that have probes. Refuses to attach them.
#pragma once

#include "messages/probing.hpp"
#include "messages/result.hpp"

namespace cleartap {

/// Fails if the file cannot be opened or is not ELF.
[[nodiscard]] result<library_contents> look_into(const std::filesystem::path& path);

} // namespace cleartap
