// Tries, with a program of two instructions on a function of this executable, how uprobes may be attached. Refuses to
// guess from version numbers: distributions patch, and containers forbid.
#pragma once

#include "actors/probes/uprobe_links.hpp"

namespace cleartap {

/// Probes that do nothing, e.g. to measure what a probe itself costs.
[[nodiscard]] result<attached_probes> attach_empty(uprobe_transport transport, const std::filesystem::path& file,
                                                   std::span<const std::uint64_t> offsets, bool at_return);

/// How uprobes may be attached.
struct transport_grant {
  /// Why return probes are not safe; empty if they are. Kernels 6.11 to 6.13 let a process's seccomp filter see the
  /// system call uretprobe(2), which the kernel itself makes the process do, and not all filters know it.
  std::string returns_refusal;
};

/// What a probe at a return, attached this way, shows; or why it cannot be attached. One is enough to show both: where
/// it attaches, so does one at an entry, and each that is detached waits for all CPUs.
[[nodiscard]] result<transport_grant> try_transport(uprobe_transport transport);

} // namespace cleartap
