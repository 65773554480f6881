// The ways in which this kernel and these permissions may let cleartap capture, in the order of preference. Which of
// them work is tried, not guessed. Refuses to know libbpf.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

/// How a uprobe gets into the kernel.
enum class uprobe_transport : std::uint8_t {
  multi,  // uprobe_multi links, 6.6+; needs CAP_BPF and CAP_PERFMON
  perf,   // perf_event_open of the uprobe PMU; needs CAP_SYS_ADMIN on kernels patched since July 2025
  tracefs // uprobe_events, opened as tracepoints; needs a writable tracefs, and see perf_event_paranoid
};

/// Which of the compiled kernel programs: see bpf/kernel.h.
enum class program_variant : std::uint8_t {
  typed,   // reads kernel structures by BTF: sockets and the names of processes; ring buffer, 5.8+
  untyped, // reads none; ring buffer, 5.8+
  early    // reads none; perf buffers, 5.2+
};

/// Where TCP sends and receives are seen.
enum class socket_source : std::uint8_t {
  tracepoint, // raw tracepoint sock_send_length, 6.3+
  fexit,      // fexit tcp_sendmsg, 5.5+, refused by some kernels
  none        // sockets are known by descriptors alone
};

/// How the return of a function is noticed.
enum class return_probing : std::uint8_t {
  probe,      // uretprobes, where they are safe
  instruction // uprobes on `ret` instructions: 6.11 to 6.13 kill processes whose seccomp filter refuses uretprobe(2)
};

constexpr auto uprobe_transports =
    std::array{uprobe_transport::multi, uprobe_transport::perf, uprobe_transport::tracefs};
constexpr auto program_variants = std::array{program_variant::typed, program_variant::untyped, program_variant::early};
constexpr auto return_probings = std::array{return_probing::probe, return_probing::instruction};
constexpr auto socket_sources = std::array{socket_source::tracepoint, socket_source::fexit, socket_source::none};

/// The names in settings, in `cleartap check` and in the log.
std::string_view to_string(uprobe_transport transport) noexcept;
std::string_view to_string(program_variant variant) noexcept;
std::string_view to_string(socket_source source) noexcept;
std::string_view to_string(return_probing returns) noexcept;

struct capture_choice {
  uprobe_transport transport = uprobe_transport::multi;
  program_variant variant = program_variant::typed;
  socket_source sockets = socket_source::tracepoint;
  return_probing returns = return_probing::probe;
};

/// What a user has fixed; the rest is tried.
struct capture_wishes {
  std::optional<uprobe_transport> transport;
  std::optional<program_variant> variant;
  std::optional<socket_source> sockets;
  std::optional<return_probing> returns;
};

/// "uprobe_multi, typed programs, sockets by tracepoint, return probes"
std::string to_string(const capture_choice& choice);

} // namespace cleartap
