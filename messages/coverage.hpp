// Who was seen to use TLS, and whether its plaintext is captured. Refuses to know how either is found out.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cleartap {

/// A process that was seen to use TLS.
struct coverage_row {
  std::uint32_t pid = 0;
  bool alive = true;
  std::string comm;
  std::string exe;
  std::string container_id;
  std::uint64_t hellos_client = 0;   // ClientHellos that it sent
  std::uint64_t hellos_server = 0;   // and that it was sent
  std::string server_name;           // SNI of the last that had one
  std::string family;                // of the library that it uses, or empty
  std::string library;               // its path
  bool probed = false;               // this library has probes
  std::uint64_t plaintext_bytes = 0; // at least; of it and its children
  std::string reason;                // why nothing is captured; empty if something is
  std::chrono::seconds age{0};       // since the last sign of TLS
};

struct coverage_report {
  std::vector<coverage_row> rows;
  std::string wire_complaint;    // why no ClientHello is seen; empty if they are
  std::string owners_complaint;  // why nobody knows whose the sockets are that are older than cleartap; or empty
  std::uint64_t hellos = 0;      // seen
  std::uint64_t hellos_lost = 0; // no room in the kernel's ring
  std::uint64_t hellos_unreadable = 0;
  std::uint64_t hellos_unassigned = 0;   // nobody knows whose the socket is
  std::uint64_t processes_forgotten = 0; // beyond coverage.processes_max
};

} // namespace cleartap
