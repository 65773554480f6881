// Opens the very file that a process maps: also when its name has gone, leads to another file by now, or leads nowhere
// outside the process's own mounts. Refuses to know what is in it.
#pragma once

#include "messages/owned_fd.hpp"
#include "messages/process.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace cleartap {

struct mapped_file {
  owned_fd fd;
  std::string path; // as the process sees it
  std::string root; // of the process, from outside: "/" unless it is in a chroot
  std::uint64_t mount_namespace = 0;

  /// Leads to this file as long as `fd` is open, for whoever in this program takes a path.
  std::filesystem::path way() const { return "/proc/self/fd/" + std::to_string(fd.get()); }
};

/// Nothing if the process is gone and its file cannot be found, or if none of the ways may be gone.
[[nodiscard]] std::optional<mapped_file> open_mapped(const std::filesystem::path& proc, const process_event& mapping);

/// Looks whether files are still there where they were. One serves one moment: what it finds out once it believes.
class reachability {
public:
  explicit reachability(std::filesystem::path proc) : proc_{std::move(proc)} {}

  /// False if the file was deleted or its name leads elsewhere. When that cannot be told, as when no process is left
  /// that has its mounts, true: a stream of containers that live for one call would else lose its probes between two.
  [[nodiscard]] bool reachable(const mapped_file& file);

private:
  void find_namespaces();

  std::filesystem::path proc_;
  // Roots of processes, by mount namespace and what their own root is.
  std::optional<std::map<std::uint64_t, std::map<std::string, std::filesystem::path>>> namespaces_;
};

} // namespace cleartap
