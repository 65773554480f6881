// Attaches one program to places in a file. Refuses to know which program and why there.
#pragma once

#include "actors/probes/capture_choice.hpp"
#include "actors/probes/libbpf_failure.hpp"
#include "actors/probes/tracefs_probe.hpp"

#include <span>
#include <vector>

namespace cleartap {

/// An attached probe; detached with it.
struct attached_probe {
  std::optional<tracefs_probe> definition; // outlives the link
  link_ptr link;
};
using attached_probes = std::vector<attached_probe>;

/// All of `offsets`, in one link where the kernel can. On failure nothing stays attached.
[[nodiscard]] result<attached_probes> attach_uprobes(uprobe_transport transport, bpf_program* program,
                                                     const std::filesystem::path& file,
                                                     std::span<const std::uint64_t> offsets, bool at_return);

} // namespace cleartap
