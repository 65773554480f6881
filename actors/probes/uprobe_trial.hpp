// Tries, with a program of two instructions on a function of this executable, how uprobes may be attached. Refuses to
// guess from version numbers: distributions patch, and containers forbid.
#pragma once

#include "actors/probes/uprobe_links.hpp"

namespace cleartap {

/// Probes that do nothing, e.g. to measure what a probe itself costs.
[[nodiscard]] result<attached_probes> attach_empty(uprobe_transport transport, const std::filesystem::path& file,
                                                   std::span<const std::uint64_t> offsets, bool at_return);

/// Why a probe cannot be attached this way.
[[nodiscard]] result<void> try_transport(uprobe_transport transport);

/// Whether a process whose seccomp filter does not know the system call uretprobe(2) survives a return probe. Kernels
/// 6.11 to 6.13 let the filter see that call, which the kernel itself makes the process do. `transport` must work.
[[nodiscard]] result<void> try_return_probe(uprobe_transport transport);

} // namespace cleartap
