// Tells which files any process maps executable, by perf's MMAP2 records: they carry the true device and inode, need no
// tracefs and no program, and exist on every kernel. Refuses to know which files matter.
#pragma once

#include "messages/process.hpp"
#include "messages/result.hpp"

#include <span>
#include <vector>

namespace cleartap {

/// Decodes one record as perf_event_open(2) describes it; nothing if it is not an executable mapping of a file.
[[nodiscard]] bool decode_mapping(std::span<const std::uint8_t> record, process_event& event);

class mapping_watch {
public:
  /// Opens one buffer per online CPU. Needs CAP_PERFMON or CAP_SYS_ADMIN.
  [[nodiscard]] static result<mapping_watch> open();

  mapping_watch(mapping_watch&&) noexcept = default;
  mapping_watch& operator=(mapping_watch&&) = delete;
  ~mapping_watch();

  /// Readable when there are mappings.
  [[nodiscard]] std::vector<int> descriptors() const;

  /// Appends what has happened since the last call, in order per CPU.
  void drain(std::vector<process_event>& events);

private:
  struct buffer {
    int fd = -1;
    void* pages = nullptr;
  };

  mapping_watch() = default;
  void drain(buffer& from, std::vector<process_event>& events);

  std::vector<buffer> buffers_;
  std::vector<std::uint8_t> record_; // one that wraps around the end of its buffer
};

} // namespace cleartap
