// Drains the kernel's rings in batches, as far as there is credit, and passes chunks on by connection. What it does not
// take stays in the ring, where the kernel counts what no longer fits. Runs in a thread of its own: it waits in epoll.
#pragma once

#include "actors/probes/kernel_programs.hpp"
#include "actors/ring/kernel_rings.hpp"
#include "actors/ring/socket_lookup.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <optional>
#include <unordered_map>

namespace cleartap {

struct ring_edges {
  flow::edge_status* streams = nullptr;
  flow::edge_status* rescan = nullptr;
  flow::edge_status* enrichment = nullptr;
};

struct ended_process {
  std::uint32_t pid = 0;
  std::uint64_t written = 0; // kernel_rings::tls_written() when its end was read
};

struct ring_state {
  static inline const char* name = "ring";

  kernel_programs* programs = nullptr;
  flow::actor_status* status = nullptr;
  ring_edges edges;
  std::optional<kernel_rings> rings;
  std::optional<flow::outlet<chunk_batch>> streams;
  std::optional<flow::outlet<process_batch>> rescan;
  std::optional<flow::outlet<process_batch>> enrichment;
  socket_lookup sockets;
  std::chrono::nanoseconds wall_offset{0};   // of this drain
  std::vector<process_event> process_events; // of this drain
  struct captured_bytes {
    std::uint64_t total = 0;
    std::uint64_t told = 0; // to rescan
  };
  std::unordered_map<std::uint32_t, captured_bytes> captured; // pids with plaintext
  std::deque<ended_process> ended; // of these, gone, with chunks that may still be in the ring
};

ring_actor::behavior_type ring(ring_actor::stateful_pointer<ring_state> self, kernel_programs* programs,
                               flow::actor_status* status, ring_edges edges);

} // namespace cleartap
