// What is said about probes between those who find libraries and those who attach. Refuses to know libbpf.
#pragma once

#include "messages/process.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cleartap {

/// A function in a file: its symbol and where its code begins in the file.
struct function_offset {
  std::string symbol;
  std::uint64_t offset = 0;
};

struct attach_request {
  file_id file;
  std::filesystem::path path; // through /proc/PID/root, so that it reaches into containers
  std::vector<function_offset> functions;
};

/// What the sniffer watches, readable by any thread.
struct watch_status {
  std::atomic<bool> scanned{false}; // the first scan is done
  std::atomic<std::size_t> libraries{0};
  std::atomic<std::size_t> processes{0};
};

} // namespace cleartap
