// Which processes were seen to use TLS, and what is known of each. Refuses to look at processes and packets itself.
#pragma once

#include "messages/coverage.hpp"
#include "messages/probing.hpp"
#include "messages/process.hpp"
#include "messages/tls_hello.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace cleartap {

/// What others know of a process.
struct process_tls {
  std::optional<library_row> library; // that it uses; one with probes before others
  std::string excluded_by;            // a pattern of discovery.exclude, or empty
};

/// What /proc tells of a process.
struct process_facts {
  std::uint32_t parent = 0;
  std::string comm;
  std::string exe;
  std::string container_id;
};

class coverage_table {
public:
  /// Beyond `processes_max` those that ended are forgotten first, then those that came first.
  explicit coverage_table(std::size_t processes_max) noexcept : processes_max_{processes_max} {}

  void limit(std::size_t processes_max);

  /// Starts, ends and plaintext. An end comes with what was known of the process by then.
  void apply(const process_event& event, std::chrono::seconds now, const process_tls& known = {});

  /// A ClientHello of this process, with the name that it asks for.
  void hello(const tls_hello& what, const std::string& server_name, std::chrono::seconds now);

  /// Running processes that came since the last call: for `identify` and `blame`.
  [[nodiscard]] std::vector<std::uint32_t> take_new();
  void identify(std::uint32_t pid, process_facts facts);

  /// What its TLS seems to be, if no library with probes does it.
  void blame(std::uint32_t pid, std::string stack);

  [[nodiscard]] std::vector<coverage_row> rows(std::chrono::seconds now,
                                               const std::function<process_tls(std::uint32_t pid)>& look_up) const;

  std::uint64_t forgotten() const noexcept { return forgotten_; }

private:
  struct program {
    std::uint32_t parent = 0;
    std::string exe;
    std::string container_id;
  };

  struct entry {
    std::uint32_t pid = 0;
    bool ended = false;
    kernel_time ended_at{0};
    std::chrono::seconds end_seen{0};
    std::string comm;
    std::string exe;
    std::string container_id;
    std::uint32_t parent = 0;
    std::uint64_t hellos_client = 0;
    std::uint64_t hellos_server = 0;
    std::string server_name;
    std::uint64_t plaintext_bytes = 0;
    std::string stack;
    process_tls at_end;
    std::optional<std::chrono::seconds> last_hello;
    std::chrono::seconds last_seen{0};
  };

  // A process that ended a moment ago, because what it sent may be read after its end.
  struct ended_program {
    std::uint32_t pid = 0;
    kernel_time at{0};
    std::chrono::seconds seen{0};
    std::string comm;
    program what;
    process_tls known;
  };

  entry& of(std::uint32_t pid, kernel_time at);
  void end(const process_event& event, std::chrono::seconds now, const process_tls& known);
  void make_room();
  const ended_program* recently_ended(std::uint32_t pid, kernel_time at) const;
  static coverage_row row_of(const entry& each, std::chrono::seconds now, const process_tls& known);
  static std::string reason_of(const entry& each, std::chrono::seconds now, const process_tls& known);

  std::size_t processes_max_;
  std::list<entry> entries_; // in the order in which they came
  std::unordered_map<std::uint32_t, std::list<entry>::iterator> latest_;
  std::vector<std::uint32_t> new_;
  std::unordered_map<std::uint32_t, program> programs_; // of running processes, as far as their start was seen
  std::list<ended_program> recent_;                     // latest first
  std::uint64_t forgotten_ = 0;
};

} // namespace cleartap
