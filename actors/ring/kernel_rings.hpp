// The kernel's ring buffers and perf buffers, drained on demand. Refuses to know what the records mean.
#pragma once

#include "actors/ring/mapping_probe.hpp"
#include "actors/ring/mapping_watch.hpp"
#include "actors/ring/record_source.hpp"
#include "messages/owned_fd.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace cleartap {

/// The descriptors stay the caller's.
struct ring_source {
  int tls = -1;
  int process = -1;
  bool perf = false;                   // perf buffers, one for each CPU, instead of ring buffers
  std::size_t perf_pages_per_cpu = 64; // a power of two
};

class kernel_rings {
public:
  using visitor = record_source::visitor;

  /// Mappings are told by perf, else by a program, else left out; `mapping_complaint` says why.
  [[nodiscard]] static result<kernel_rings> open(const ring_source& source);

  kernel_rings(kernel_rings&&) noexcept = default;
  kernel_rings& operator=(kernel_rings&&) = delete;

  /// Visits at most `records_max` records in the order in which they were written, across CPUs; returns how many.
  std::size_t drain_tls(std::size_t records_max, const visitor& visit);
  std::size_t drain_processes(std::size_t records_max, const visitor& visit);
  /// What of TLS has been written so far, and whether all of that has been visited; see record_source.
  [[nodiscard]] std::uint64_t tls_written() const { return tls_->written(); }
  [[nodiscard]] bool has_read_tls(std::uint64_t mark) const { return tls_->has_read(mark); }

  void drain_mappings(std::vector<process_event>& events);

  /// Sleeps until a wake-up comes with a record or the time is over.
  void wait(std::chrono::milliseconds time_max);

  /// Whether new mappings are told, and what was refused.
  [[nodiscard]] bool tells_mappings() const noexcept { return mappings_ || mapping_probe_; }
  const std::optional<failure>& mapping_complaint() const noexcept { return mapping_complaint_; }

private:
  kernel_rings() = default;
  [[nodiscard]] bool wait_for(int fd);
  void open_mappings();

  std::unique_ptr<record_source> tls_;
  std::unique_ptr<record_source> process_;
  std::optional<mapping_watch> mappings_;
  std::optional<mapping_probe> mapping_probe_; // where there is no mapping_watch
  std::optional<failure> mapping_complaint_;
  owned_fd epoll_;
};

} // namespace cleartap
