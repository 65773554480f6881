// Tells what mapping_watch tells, by a kernel program on mmap(2): for those to whom perf refuses its records. Refuses
// to know what a file is called, unless it is a program: the rest is in /proc/PID/maps for who needs it.
#pragma once

#include "actors/ring/record_source.hpp"
#include "messages/process.hpp"

#include <optional>
#include <vector>

namespace cleartap {

/// Nothing if the record is not what bpf/mappings.h describes.
[[nodiscard]] std::optional<process_event> decode_mapping_record(std::span<const std::uint8_t> record) noexcept;

class mapping_probe {
public:
  /// Needs CAP_BPF, CAP_PERFMON, Linux 5.8 with BTF, and a kernel that lets programs be attached to its functions.
  [[nodiscard]] static result<mapping_probe> open();

  mapping_probe(mapping_probe&&) noexcept;
  mapping_probe& operator=(mapping_probe&&) = delete;
  ~mapping_probe();

  /// Readable when there are mappings.
  [[nodiscard]] int descriptor() const;

  /// Appends what has happened until now, in the order of time.
  void drain(std::vector<process_event>& events);

private:
  struct programs;

  explicit mapping_probe(std::unique_ptr<programs> loaded) noexcept;

  std::unique_ptr<programs> programs_;
  std::uint64_t lost_told_ = 0;
};

} // namespace cleartap
