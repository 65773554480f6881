// One compiled variant of the kernel programs, loaded. Refuses to attach uprobes, and to know what they are for.
#pragma once

#include "actors/probes/capture_choice.hpp"
#include "actors/probes/libbpf_failure.hpp"
#include "bpf/events.h"

#include <filesystem>
#include <vector>

struct bpf_map;
struct bpf_object;
struct bpf_program;

namespace cleartap {

struct kernel_options {
  std::uint32_t event_bytes_max = 8192; // EVENT_BYTES_MIN..EVENT_BYTES_MAX
  std::uint32_t ring_pages = 64;        // per CPU
  std::uint32_t connections_max = 16384;
  std::uint32_t threads_max = 32768;
  std::uint64_t process_rate_max = 0; // bytes per second and process; 0: no limit
  std::filesystem::path btf_path;     // empty: the running kernel's own
  capture_wishes wishes;
};

/// The ring for all CPUs together: their pages, rounded up to a power of two, 8 MiB to 1 GiB.
[[nodiscard]] std::uint32_t ring_bytes(std::uint32_t pages_per_cpu, std::uint32_t cpus,
                                       std::uint32_t page_size) noexcept;

/// The program for the returns of functions.
[[nodiscard]] std::string_view return_program(return_probing returns) noexcept;

class program_object {
public:
  /// Loads, and attaches all that are no uprobes.
  [[nodiscard]] static result<program_object> load(const kernel_options& options, const capture_choice& choice);

  [[nodiscard]] bpf_program* program(std::string_view name) const;
  [[nodiscard]] bpf_map* map(std::string_view name) const;

  /// Changes some of the switches that the programs look at.
  template <class Change>
  void set_switches(Change change) {
    if (mapped_)
      return change(*mapped_);
    auto now = switches();
    change(now);
    store_switches(now);
  }
  [[nodiscard]] capture_switches switches() const;

private:
  struct deleter {
    void operator()(bpf_object* object) const noexcept;
  };

  struct switches_deleter {
    void operator()(capture_switches* mapped) const noexcept;
  };

  explicit program_object(bpf_object* object) : object_{object} {}
  void choose(const capture_choice& choice);
  [[nodiscard]] bool set_sizes(const kernel_options& options, program_variant variant);
  [[nodiscard]] result<void> attach_others();
  void store_switches(const capture_switches& now);

  std::unique_ptr<bpf_object, deleter> object_;
  std::vector<link_ptr> links_;
  std::unique_ptr<capture_switches, switches_deleter> mapped_; // the kernel's; null before 5.5, which cannot map it
};

} // namespace cleartap
