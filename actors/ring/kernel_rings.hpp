// The kernel's ring buffers and perf buffers, drained on demand. Refuses to know what the records mean.
#pragma once

#include "actors/ring/mapping_watch.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>

struct ring_buffer;

namespace cleartap {

class kernel_rings {
public:
  using visitor = std::function<void(std::span<const std::uint8_t> record)>;

  /// The descriptors stay the caller's. Mappings are left out if the kernel refuses them; `complaint` says why.
  [[nodiscard]] static result<kernel_rings> open(int tls_ring, int process_ring);

  kernel_rings(kernel_rings&&) noexcept;
  kernel_rings& operator=(kernel_rings&&) = delete;
  ~kernel_rings();

  /// Visits at most `records_max` records in the order in which they were written; returns how many.
  std::size_t drain_tls(std::size_t records_max, const visitor& visit);
  std::size_t drain_processes(std::size_t records_max, const visitor& visit);
  void drain_mappings(std::vector<process_event>& events);

  /// Sleeps until a wake-up comes with a record or the time is over.
  void wait(std::chrono::milliseconds time_max);

  const std::optional<failure>& mapping_complaint() const noexcept { return mapping_complaint_; }

private:
  struct reader;
  explicit kernel_rings(std::unique_ptr<reader> state);

  std::unique_ptr<reader> reader_;
  std::optional<mapping_watch> mappings_;
  std::optional<failure> mapping_complaint_;
};

} // namespace cleartap
