#include "actors/probes/tracefs_probe.hpp"

#include "actors/probes/mounts.hpp"
#include "messages/owned_fd.hpp"

#include <atomic>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/perf_event.h>
#include <sstream>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cleartap {

namespace {

namespace fs = std::filesystem;

constexpr auto group = std::string_view{"cleartap"};

/// Field 22 of /proc/PID/stat (proc(5)): with it a pid names a process for good. 0: there is none.
std::uint64_t start_time(std::uint32_t pid) {
  auto file = std::ifstream{"/proc/" + std::to_string(pid) + "/stat"};
  auto line = std::string{};
  std::getline(file, line);
  auto fields = std::istringstream{line.substr(std::min(line.rfind(')') + 1, line.size()))};
  auto field = std::string{};
  for (auto i = 3; i <= 22; ++i)
    fields >> field;
  return fields ? std::strtoull(field.c_str(), nullptr, 10) : 0;
}

/// "p_1234_5678_9": the process that defined it, when that started, and a number.
std::string next_name() {
  static auto count = std::atomic<std::uint64_t>{0};
  static const auto prefix = "p_" + std::to_string(getpid()) + "_" + std::to_string(start_time(getpid())) + "_";
  return prefix + std::to_string(count++);
}

/// One command in one write. Appending: opening the file otherwise removes all idle definitions, whosever they are.
bool append(const fs::path& root, const std::string& command) {
  auto fd = open((root / "uprobe_events").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0)
    return false;
  auto written = write(fd, command.data(), command.size());
  auto error = errno;
  close(fd);
  errno = error;
  return written == static_cast<ssize_t>(command.size());
}

bool remove(const fs::path& root, const std::string& name) {
  return append(root, "-:" + std::string{group} + "/" + name + "\n");
}

/// Whether the process that a definition is named for is gone.
bool is_leftover(const std::string& name) {
  auto pid = std::uint32_t{0};
  auto started = 0ull;
  return std::sscanf(name.c_str(), "p_%u_%llu_", &pid, &started) == 2 && start_time(pid) != started;
}

} // namespace

result<fs::path> tracefs_root() {
  auto all = mount_points("/proc/self/mounts", "tracefs");
  if (all.empty())
    return failure{"tracefs is not mounted; mount -t tracefs tracefs /sys/kernel/tracing"};
  return all.front();
}

result<tracefs_probe> tracefs_probe::define(const fs::path& root, const fs::path& file, std::uint64_t offset,
                                            bool at_return) {
  // By a descriptor: a path with a blank in it cannot be written there.
  auto opened = owned_fd{open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!opened)
    return failure{"cannot open " + file.string() + ": " + std::strerror(errno)};
  auto name = next_name();
  auto command = std::ostringstream{};
  command << (at_return ? "r:" : "p:") << group << "/" << name << " /proc/" << getpid() << "/fd/" << opened.get()
          << ":0x" << std::hex << offset << "\n";
  if (!append(root, command.str()))
    return failure{"cannot define a probe in " + (root / "uprobe_events").string() + ": " + std::strerror(errno)};
  return tracefs_probe{root, std::move(name)};
}

tracefs_probe::tracefs_probe(tracefs_probe&& other) noexcept
    : root_{std::move(other.root_)}, name_{std::exchange(other.name_, {})} {}

tracefs_probe& tracefs_probe::operator=(tracefs_probe&& other) noexcept {
  std::swap(root_, other.root_);
  std::swap(name_, other.name_);
  return *this;
}

tracefs_probe::~tracefs_probe() {
  if (!name_.empty())
    remove(root_, name_);
}

result<link_ptr> tracefs_probe::attach(bpf_program* program) const {
  auto id = std::uint64_t{0};
  auto place = root_ / "events" / group / name_ / "id";
  if (!(std::ifstream{place} >> id))
    return failure{"cannot read " + place.string()};
  auto attributes = perf_event_attr{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = id;
  // A program on a tracepoint's event runs on every CPU, whichever the event was opened on.
  auto fd = static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
  if (fd < 0)
    return failure{
        std::string{"cannot open the tracepoint of a uprobe: "} + std::strerror(errno) +
        (errno == EACCES ? "; needs CAP_PERFMON and kernel.perf_event_paranoid of at most 2, or CAP_SYS_ADMIN" : "")};
  auto link = link_ptr{bpf_program__attach_perf_event(program, fd)};
  if (!link) {
    auto reason = libbpf_failure("cannot attach a program to the tracepoint of a uprobe");
    close(fd);
    return reason;
  }
  return link;
}

void remove_leftovers(const fs::path& root) {
  auto definitions = std::ifstream{root / "uprobe_events"};
  auto names = std::vector<std::string>{};
  for (auto line = std::string{}; std::getline(definitions, line);) {
    auto begin = line.find(":" + std::string{group} + "/");
    if (begin == std::string::npos)
      continue;
    begin += group.size() + 2;
    names.push_back(line.substr(begin, line.find(' ', begin) - begin));
  }
  for (const auto& name : names)
    if (is_leftover(name))
      remove(root, name);
}

} // namespace cleartap
