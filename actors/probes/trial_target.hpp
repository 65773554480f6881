// A function of this very executable that may be probed to learn what the kernel grants.
#pragma once

#include "messages/result.hpp"

#include <cstdint>
#include <filesystem>

/// Does nothing.
extern "C" void cleartap_trial_target();

namespace cleartap {

struct code_place {
  std::filesystem::path path;
  std::uint64_t offset = 0; // in the file
};

[[nodiscard]] result<code_place> trial_target();

} // namespace cleartap
