#include "actors/probes/trials.hpp"

#include "actors/probes/kernel_programs.hpp"
#include "actors/ring/mapping_watch.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <linux/capability.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <utility>

namespace cleartap {

namespace {

trial kernel_version() {
  auto system = utsname{};
  uname(&system);
  return {"kernel", trial_outcome::granted, std::string{system.release} + " " + system.machine, ""};
}

trial kernel_types() {
  constexpr auto path = "/sys/kernel/btf/vmlinux";
  if (std::filesystem::exists(path))
    return {"BTF", trial_outcome::granted, path, ""};
  return {"BTF", trial_outcome::impossible, std::string{path} + " is missing",
          "boot a kernel built with CONFIG_DEBUG_INFO_BTF (5.8 and later of all large distributions have it)"};
}

std::uint64_t effective_capabilities() {
  auto status = std::ifstream{"/proc/self/status"};
  for (auto line = std::string{}; std::getline(status, line);)
    if (line.starts_with("CapEff:"))
      return std::stoull(line.substr(7), nullptr, 16);
  return 0;
}

trial capabilities() {
  constexpr auto wanted =
      std::array{std::pair{CAP_BPF, "CAP_BPF"}, std::pair{CAP_PERFMON, "CAP_PERFMON"},
                 std::pair{CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}, std::pair{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}};
  auto held = effective_capabilities();
  if (held >> CAP_SYS_ADMIN & 1)
    return {"capabilities", trial_outcome::granted, "CAP_SYS_ADMIN and all that is needed", ""};
  auto missing = std::string{};
  for (const auto& [bit, name] : wanted)
    if (!(held >> bit & 1))
      missing += (missing.empty() ? "" : ", ") + std::string{name};
  if (missing.empty())
    return {"capabilities", trial_outcome::granted, "all that is needed", ""};
  return {"capabilities", trial_outcome::refused, "missing: " + missing,
          "run as root, or grant them: setcap cap_bpf,cap_perfmon,cap_sys_ptrace,cap_dac_read_search+ep cleartap"};
}

/// A container's /proc shows other process ids than the kernel programs see.
trial host_processes() {
  auto error = std::error_code{};
  auto target = std::filesystem::read_symlink("/proc/self", error);
  if (!error && target == std::to_string(getpid()))
    return {"/proc", trial_outcome::granted, "shows the processes of this pid namespace", ""};
  return {"/proc", trial_outcome::impossible, "is not that of this pid namespace", "mount /proc, use hostPID in a pod"};
}

trial try_transport(uprobe_transport transport) {
  auto loaded = kernel_programs::load({}, transport, socket_source::none);
  if (loaded)
    return {std::string{to_string(transport)}, trial_outcome::granted, "probes attach", ""};
  return {std::string{to_string(transport)}, trial_outcome::refused, loaded.error().text, ""};
}

trial try_sockets(uprobe_transport transport, socket_source source) {
  auto loaded = kernel_programs::load({}, transport, source);
  if (loaded)
    return {std::string{to_string(source)}, trial_outcome::granted, "addresses of connections are seen", ""};
  return {std::string{to_string(source)}, trial_outcome::refused, loaded.error().text, ""};
}

trial mappings() {
  auto watch = mapping_watch::open();
  if (watch)
    return {"perf mappings", trial_outcome::granted, "libraries are found when they are loaded", ""};
  return {"perf mappings", trial_outcome::refused, watch.error().text,
          "grant CAP_PERFMON, or set discovery.rescanInterval so that libraries loaded later are found"};
}

/// No single way is needed, but one of them is.
void require_one(std::vector<trial>& trials, std::size_t first, const std::string& mend) {
  for (std::size_t i = first; i < trials.size(); ++i)
    if (trials[i].outcome == trial_outcome::granted)
      return;
  for (std::size_t i = first; i < trials.size(); ++i) {
    trials[i].outcome = trial_outcome::impossible;
    trials[i].mend = mend;
  }
}

} // namespace

std::vector<trial> try_everything() {
  auto trials = std::vector{kernel_version(), kernel_types(), capabilities(), host_processes()};
  auto transports = trials.size();
  for (auto each : {uprobe_transport::multi, uprobe_transport::perf, uprobe_transport::tracefs})
    trials.push_back(try_transport(each));
  require_one(trials, transports, "run as root or with CAP_BPF, CAP_PERFMON and, below 6.6, CAP_SYS_ADMIN");
  auto working = uprobe_transport::multi;
  for (auto i = std::size_t{3}; i-- > 0;)
    if (trials[transports + i].outcome == trial_outcome::granted)
      working = static_cast<uprobe_transport>(i);
  for (auto each : {socket_source::tracepoint, socket_source::fentry})
    trials.push_back(try_sockets(working, each));
  trials.push_back(mappings());
  return trials;
}

} // namespace cleartap
