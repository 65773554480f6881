// What is said about probes between those who find libraries and those who attach. Refuses to know libbpf.
#pragma once

#include "messages/process.hpp"

#include <atomic>
#include <chrono>
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

/// What looking into a file told. Neither a family nor an obstacle: it has nothing to do with TLS.
struct library_contents {
  std::string family; // "OpenSSL", "BoringSSL", "GnuTLS", "NSS"
  std::vector<function_offset> functions;
  std::string obstacle; // why TLS that is in there cannot be captured, else empty
};

struct attach_request {
  file_id file;
  std::filesystem::path path; // one that leads to this very file, wherever it is and whatever has become of its name
  std::vector<function_offset> functions;
};

struct attach_outcome {
  std::string refusal;       // empty: attached
  std::size_t functions = 0; // that are probed; 0: all that were wanted
  std::string left_out;      // which are not, and why
  std::string how;           // the transport, and how returns are seen
};

/// Whether the kernel is to leave a process alone.
struct ignore_request {
  std::uint32_t pid = 0;
  bool on = true;
};

enum class library_state : std::uint8_t {
  attaching,
  attached,
  unused, // attached, and nobody has it mapped: let go after discovery.unused_max
  refused // until the next scan
};

/// A TLS library, or an executable that contains one.
struct library_row {
  std::string family; // see library_contents; empty: not known
  std::string path;   // as the process saw it that showed it first
  file_id file;
  std::size_t processes = 0; // that use it now
  std::size_t functions = 0; // to be probed, found in the file
  std::size_t attached = 0;  // of them
  library_state state = library_state::attaching;
  std::string how;             // it is probed, once it is
  std::string reason;          // of a refusal, or why some functions are left out
  std::chrono::seconds age{0}; // of the state
};

using library_rows = std::vector<library_row>;

/// What the sniffer watches, readable by any thread.
struct watch_status {
  std::atomic<bool> scanned{false}; // the first scan is done
  std::atomic<std::size_t> libraries{0};
  std::atomic<std::size_t> processes{0};
};

} // namespace cleartap
