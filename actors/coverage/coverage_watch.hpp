// Brings together what packets, process events and /proc tell of who uses TLS. Refuses to know libbpf and libraries.
#pragma once

#include "actors/coverage/coverage_table.hpp"

#include <functional>

namespace cleartap {

/// Where ClientHellos come from.
struct hello_source {
  std::function<void(const std::function<void(tls_hello)>& visit)> drain; // empty: they are not seen
  /// Finds who holds a socket; whatever else `gone` had goes to whoever holds it now. Empty: nobody knows.
  std::function<std::optional<socket_holder>(std::uint32_t gone, std::uint64_t cookie)> adopt;
  std::function<hello_tally()> tally;
  std::string wire_complaint;
  std::string owners_complaint;
};

/// What of /proc is asked.
struct process_source {
  std::function<bool(std::uint32_t pid)> alive;
  std::function<std::optional<process_facts>(std::uint32_t pid)> read;
  std::function<std::string(std::uint32_t pid)> stack; // see tls_stack_of
};

class coverage_watch {
public:
  using look_up = std::function<process_tls(std::uint32_t pid)>;

  coverage_watch(std::size_t processes_max, hello_source hellos, process_source processes);

  void limit(std::size_t processes_max) { table_.limit(processes_max); }
  void apply(const process_event& event, std::chrono::seconds now, const process_tls& known = {}) {
    table_.apply(event, now, known);
  }

  /// Takes the ClientHellos that came, and looks at the processes that are new. Those that `skip` wants are left out.
  void poll(std::chrono::steady_clock::time_point now, const look_up& library,
            const std::function<bool(std::uint32_t pid)>& skip);

  [[nodiscard]] coverage_report report(std::chrono::seconds now, const look_up& library) const;

private:
  std::uint32_t owner_of(tls_hello& hello, std::chrono::steady_clock::time_point now);
  void look_at_new(const look_up& library);

  coverage_table table_;
  hello_source hellos_;
  process_source processes_;
  std::chrono::steady_clock::time_point next_search_{};
  std::uint64_t unreadable_ = 0;
  std::uint64_t unassigned_ = 0;
};

} // namespace cleartap
