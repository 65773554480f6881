// Tells which programs any process begins to run and which files it maps executable, by perf's COMM and MMAP2 records:
// they need no tracefs and no program, and exist on every kernel. Refuses to know which files matter.
#pragma once

#include "messages/process.hpp"
#include "messages/result.hpp"

#include <span>
#include <unordered_set>
#include <vector>

namespace cleartap {

/// Decodes one record as perf_event_open(2) describes it, without its trailing time; nothing if it is not an executable
/// mapping of a file.
[[nodiscard]] bool decode_mapping(std::span<const std::uint8_t> record, process_event& event);

/// The process that began to run another program, if that is what the record tells, else 0. Its next mapping is that of
/// the program's file.
[[nodiscard]] std::uint32_t decode_program_start(std::span<const std::uint8_t> record) noexcept;

class mapping_watch {
public:
  /// Opens one buffer per online CPU. Needs CAP_PERFMON, or CAP_SYS_ADMIN where a distribution's kernel with
  /// kernel.perf_event_paranoid above 2 asks for it.
  [[nodiscard]] static result<mapping_watch> open();

  mapping_watch(mapping_watch&&) noexcept = default;
  mapping_watch& operator=(mapping_watch&&) = delete;
  ~mapping_watch();

  /// Readable when there are mappings.
  [[nodiscard]] std::vector<int> descriptors() const;

  /// Appends what has happened until now, in the order of time. What happens meanwhile is left for the next call:
  /// a process that changes its CPU would else seem to map a file before it begins to run.
  void drain(std::vector<process_event>& events);

private:
  struct buffer {
    int fd = -1;
    void* pages = nullptr;
  };

  mapping_watch() = default;
  void drain(buffer& from, kernel_time until);
  void collect(std::span<const std::uint8_t> record, kernel_time at);

  std::vector<buffer> buffers_;
  std::vector<process_event> collected_;       // of this drain
  std::unordered_set<std::uint32_t> starting_; // pids whose next mapping is that of their program
  std::vector<std::uint8_t> record_;           // one that wraps around the end of its buffer
};

} // namespace cleartap
