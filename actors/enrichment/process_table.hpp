// Who a pid was at a given time: from the kernel's process events, with /proc for those that ran before cleartap and
// for what the events do not tell. Refuses to know why it is asked.
#pragma once

#include "messages/process.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cleartap {

/// What /proc/PID tells of a running process.
struct proc_facts {
  std::uint32_t parent = 0;
  std::string comm;
  std::string exe;
  std::string cgroup; // the path
};

using proc_reader = std::function<std::optional<proc_facts>(std::uint32_t pid)>;

/// The 64 hex digits by which container runtimes name a container, if the cgroup's path or last component has them.
[[nodiscard]] std::string container_id(std::string_view cgroup);

class process_table {
public:
  /// Remembers at most `size_max` processes; beyond it the one that ended or was seen first is forgotten.
  process_table(std::size_t size_max, std::size_t ancestors_max, proc_reader read_proc);

  /// From now on.
  void limit(std::size_t size_max, std::size_t ancestors_max);

  void apply(const process_event& event);

  /// Who had this pid at the time. A process that ended is still known while it is remembered.
  [[nodiscard]] process_identity find(std::uint32_t pid, kernel_time at);

  /// The executable of find() alone.
  [[nodiscard]] std::string executable(std::uint32_t pid, kernel_time at);

  std::size_t size() const noexcept { return size_; }

private:
  struct process {
    kernel_time since{0};
    std::uint32_t parent = 0;
    bool ended = false;     // or replaced by another program
    bool looked_up = false; // /proc was read, or could not be
    std::string comm;
    std::string exe;
    std::string next_exe; // of the program that comes after: its file is told before its start, or after
    std::string cgroup;
  };
  // The programs that ran under one pid, oldest first: rarely more than one.
  using history = std::list<process>;

  history& make_room(std::uint32_t pid); // for one more in it
  void add(std::uint32_t pid, process fresh);
  void name_program(const process_event& program);
  process* at_time(std::uint32_t pid, kernel_time at);
  process& known(std::uint32_t pid, kernel_time at);
  void look_up(std::uint32_t pid, process& who);
  void forget_oldest();

  std::size_t size_max_;
  std::size_t ancestors_max_;
  proc_reader read_proc_;
  std::unordered_map<std::uint32_t, history> by_pid_;
  std::list<std::uint32_t> arrivals_; // a pid per process, oldest first
  std::size_t size_ = 0;
};

} // namespace cleartap
