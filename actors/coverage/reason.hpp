// Why nothing of a process is captured that uses TLS, in words for a person. Refuses to find out the facts.
#pragma once

#include "actors/coverage/coverage_table.hpp"

namespace cleartap {

struct uncaptured {
  process_tls known;
  bool ended = false;
  std::string stack;                             // what its TLS seems to be; empty: not known
  std::optional<std::chrono::seconds> hello_age; // since its last ClientHello
};

[[nodiscard]] std::string why_not_captured(const uncaptured& what);

} // namespace cleartap
