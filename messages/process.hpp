// What the kernel told of processes: starts, ends and new executable mappings. Refuses to know TLS.
#pragma once

#include "messages/capture.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cleartap {

struct ancestor {
  std::uint32_t pid = 0;
  std::string comm;

  bool operator==(const ancestor&) const = default;
};

/// Who made or served a call. Unknown parts stay empty.
struct process_identity {
  std::uint32_t pid = 0;
  std::string comm;
  std::string exe;                 // path as the process itself sees it
  std::string container_id;        // 64 hex digits, or empty outside containers
  std::vector<ancestor> ancestors; // parent first

  bool operator==(const process_identity&) const = default;
};

/// A file as the kernel knows it. Containers that share an image layer share these; paths and stat do not show it.
struct file_id {
  std::uint64_t device = 0; // the super block's, as makedev(major, minor)
  std::uint64_t inode = 0;

  auto operator<=>(const file_id&) const = default;
};

enum class process_event_kind : std::uint8_t {
  fork,
  exec,
  exit,
  program,       // the file of the program that runs from now on was mapped; told a moment before or after its exec
  mapping,       // another file was mapped executable
  mappings_lost, // some mappings were not reported: only a scan of /proc finds them
  plaintext      // some of the process was captured: the first, and then whenever it has doubled
};

struct process_event {
  process_event_kind kind = process_event_kind::exec;
  kernel_time at{0};
  std::uint32_t pid = 0;
  std::uint32_t parent = 0;
  std::string comm;
  std::string path;   // exec: the executable as named by the caller; program, mapping: the file as the process sees it
  std::string cgroup; // exec: last component of the process's cgroup
  file_id file;       // program, mapping: which file, whatever it is called
  std::uint64_t bytes = 0; // plaintext: how much so far
};

struct process_batch {
  std::vector<process_event> events;

  std::size_t size() const noexcept { return events.size(); }
  std::uint64_t units() const noexcept { return events.size(); }
};

} // namespace cleartap
