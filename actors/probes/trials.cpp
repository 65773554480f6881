#include "actors/probes/trials.hpp"

#include "actors/probes/hello_watch.hpp"
#include "actors/probes/program_object.hpp"
#include "actors/probes/uprobe_trial.hpp"
#include "actors/ring/mapping_probe.hpp"
#include "actors/ring/mapping_watch.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <linux/capability.h>
#include <optional>
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
  return {"BTF", trial_outcome::refused, std::string{path} + " is missing",
          "name a BTF file of this kernel by capture.btf_path, or boot a kernel built with CONFIG_DEBUG_INFO_BTF"};
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

trial describe(uprobe_transport transport, const result<transport_grant>& granted) {
  auto name = "uprobes: " + std::string{to_string(transport)};
  if (granted)
    return {name, trial_outcome::granted, "probes attach", ""};
  constexpr auto needs = std::array<std::string_view, 3>{
      "needs Linux 6.6, CAP_BPF and CAP_PERFMON",
      "needs CAP_SYS_ADMIN, or on kernels not patched since July 2025 CAP_PERFMON",
      "needs a writable tracefs, CAP_BPF, CAP_PERFMON and kernel.perf_event_paranoid of at most 2, or CAP_SYS_ADMIN"};
  return {name, trial_outcome::refused, granted.error().text, std::string{needs[static_cast<std::size_t>(transport)]}};
}

trial describe(const transport_grant& granted) {
  if (granted.returns_refusal.empty())
    return {"returns: probe", trial_outcome::granted, "return probes are safe", ""};
  return {"returns: probe", trial_outcome::refused, granted.returns_refusal + "; `ret` instructions are probed instead",
          ""};
}

trial try_programs(uprobe_transport transport, program_variant variant, socket_source sockets) {
  auto name = "programs: " + std::string{to_string(variant)};
  if (variant == program_variant::typed)
    name += ", sockets: " + std::string{to_string(sockets)};
  auto loaded = program_object::load({}, {.transport = transport, .variant = variant, .sockets = sockets});
  if (!loaded)
    return {name, trial_outcome::refused, loaded.error().text, ""};
  constexpr auto details =
      std::array<std::string_view, 3>{"load; connections have their addresses, processes their names",
                                      "load; sockets are looked up in /proc, names are read there",
                                      "load, with perf buffers; sockets are looked up in /proc, names are read there"};
  return {name, trial_outcome::granted, std::string{details[static_cast<std::size_t>(variant)]}, ""};
}

constexpr auto found_when_loaded = "libraries are found when they are loaded";

trial mappings_by_perf() {
  auto watch = mapping_watch::open();
  if (watch)
    return {"mappings: perf", trial_outcome::granted, found_when_loaded, ""};
  return {"mappings: perf", trial_outcome::refused, watch.error().text, ""};
}

trial mappings_by_program() {
  auto probe = mapping_probe::open();
  if (probe)
    return {"mappings: program", trial_outcome::granted, found_when_loaded, ""};
  return {"mappings: program", trial_outcome::refused, probe.error().text, ""};
}

/// Only `cleartap ctl coverage` wants it.
trial hellos() {
  auto refused = try_hello_watch();
  if (!refused)
    return {"cgroup_skb", trial_outcome::granted, "programs that use TLS are known, also without probes", ""};
  return {"cgroup_skb", trial_outcome::refused, refused->text,
          "grant CAP_BPF and CAP_NET_ADMIN; without them `ctl coverage` knows only what is captured"};
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

/// Says of the first that is granted that it is chosen.
void mark_chosen(std::vector<trial>& trials, std::size_t first) {
  for (std::size_t i = first; i < trials.size(); ++i)
    if (trials[i].outcome == trial_outcome::granted) {
      trials[i].detail += " (chosen)";
      return;
    }
}

/// Without either, libraries are found by scans.
void try_mappings(std::vector<trial>& trials) {
  const auto first = trials.size();
  trials.push_back(mappings_by_perf());
  trials.push_back(mappings_by_program());
  mark_chosen(trials, first);
  if (trials[first].outcome != trial_outcome::granted && trials[first + 1].outcome != trial_outcome::granted)
    trials[first].mend =
        "grant what is named, or set discovery.rescanInterval so that libraries loaded later are found";
}

} // namespace

std::vector<trial> try_everything() {
  auto trials = std::vector{kernel_version(), kernel_types(), capabilities(), host_processes()};
  auto first = trials.size();
  auto working = std::optional<uprobe_transport>{};
  auto returns = std::optional<trial>{};
  for (auto each : uprobe_transports) {
    auto granted = try_transport(each);
    trials.push_back(describe(each, granted));
    if (working || !granted)
      continue;
    working = each;
    returns = describe(*granted);
  }
  mark_chosen(trials, first);
  require_one(trials, first, "run as root or with CAP_BPF, CAP_PERFMON and, below 6.6, CAP_SYS_ADMIN");
  if (returns)
    trials.push_back(*returns);
  first = trials.size();
  auto transport = working.value_or(uprobe_transport::perf);
  for (auto sockets : socket_sources)
    trials.push_back(try_programs(transport, program_variant::typed, sockets));
  for (auto variant : {program_variant::untyped, program_variant::early})
    trials.push_back(try_programs(transport, variant, socket_source::none));
  mark_chosen(trials, first);
  require_one(trials, first, "run as root or with CAP_BPF and CAP_PERFMON");
  try_mappings(trials);
  trials.push_back(hellos());
  return trials;
}

} // namespace cleartap
