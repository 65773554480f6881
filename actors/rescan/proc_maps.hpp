// Reads which files processes map executable from a proc file system. Refuses to know which of them matter.
#pragma once

#include "messages/process.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace cleartap {

/// The executable file mappings in the text of a /proc/PID/maps (proc(5)), each file once.
[[nodiscard]] std::vector<process_event> parse_maps(std::string_view maps, std::uint32_t pid);

/// Where the file with this inode number is mapped executable, as the name of its entry in /proc/PID/map_files; empty
/// if it is not.
[[nodiscard]] std::string range_of(const std::filesystem::path& maps, std::uint64_t inode);

/// What the process calls a file that it maps executable; nothing if it does not, or not any more. If the inode number
/// is there with another device only, that is it: maps can show an overlay's device where the kernel knows another.
[[nodiscard]] std::optional<std::string> path_of(const std::filesystem::path& proc, std::uint32_t pid, file_id file);

/// The files that the mappings of the program at `proc`/self/exe are shown as: its own.
[[nodiscard]] std::vector<file_id> own_executable(const std::filesystem::path& proc);

/// What is visited of a process.
struct process_visitor {
  std::function<bool(std::uint32_t pid)> process; // first; false: leave its mappings out
  std::function<void(const process_event&)> mapping;
};

/// Visits every process under `proc` and its executable mappings, if they may be read. Processes that end meanwhile are
/// skipped. Returns how many could not be read for lack of permission.
std::size_t scan_processes(const std::filesystem::path& proc, const process_visitor& visit);

} // namespace cleartap
