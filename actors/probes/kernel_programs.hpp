// The kernel programs of this process: loaded, attached to TLS libraries, counted. Refuses to know which libraries
// there are and what their plaintext means.
#pragma once

#include "bpf/events.h"
#include "messages/probing.hpp"
#include "messages/result.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct bpf_link;
struct capture_programs;

namespace cleartap {

/// How a uprobe gets into the kernel, in the order of preference.
enum class uprobe_transport : std::uint8_t {
  multi,  // uprobe_multi links, 6.6+; needs CAP_BPF and CAP_PERFMON
  perf,   // perf_event_open of the uprobe PMU; needs CAP_SYS_ADMIN on kernels patched since July 2025
  tracefs // uprobe_events; needs a writable tracefs
};

/// Where TCP sends and receives are seen, in the order of preference.
enum class socket_source : std::uint8_t {
  tracepoint, // tp_btf sock_send_length, 6.3+
  fentry,     // fentry tcp_sendmsg, refused by some kernels
  none        // sockets stay unknown
};

std::string_view to_string(uprobe_transport transport) noexcept;
std::string_view to_string(socket_source source) noexcept;

struct kernel_options {
  std::uint32_t event_bytes_max = 8192; // EVENT_BYTES_MIN..65536
  std::uint32_t ring_pages = 64;        // per CPU
  std::uint32_t connections_max = 16384;
  std::uint32_t threads_max = 32768;
};

/// The ring for all CPUs together: their pages, rounded up to a power of two, 8 MiB to 1 GiB.
[[nodiscard]] std::uint32_t ring_bytes(std::uint32_t pages_per_cpu, std::uint32_t cpus,
                                       std::uint32_t page_size) noexcept;

struct link_deleter {
  void operator()(bpf_link* link) const noexcept;
};
using link_ptr = std::unique_ptr<bpf_link, link_deleter>;

/// The names of the functions that `kernel_programs::attach` has programs for.
std::span<const std::string_view> probed_symbols() noexcept;

class kernel_programs {
public:
  /// Loads by the first transport and socket source that this kernel grants, tried in order. The failure names what
  /// each trial said.
  [[nodiscard]] static result<kernel_programs> load(const kernel_options& options);

  /// The same with one transport and one source, and nothing else tried: for `cleartap check` and tests.
  [[nodiscard]] static result<kernel_programs> load(const kernel_options& options, uprobe_transport transport,
                                                    socket_source source);

  kernel_programs(kernel_programs&&) noexcept;
  kernel_programs& operator=(kernel_programs&&) noexcept;
  ~kernel_programs();

  /// Probes every known function among `functions` in the file at `path`. Nothing stays attached on failure; all of it
  /// is detached when the links are destroyed.
  [[nodiscard]] result<std::vector<link_ptr>> attach(const std::filesystem::path& path,
                                                     std::span<const function_offset> functions);

  /// Connections that are there are new ones from now on. While nothing is attached.
  void forget_connections();

  /// Processes of cleartap itself; at most 256 are remembered by the kernel.
  void ignore(std::uint32_t pid);

  /// While paused, plaintext is counted as lost{paused} and not copied.
  void pause(bool on) noexcept;
  [[nodiscard]] bool paused() const noexcept;

  /// Says that the drainer is about to sleep, so that the next event wakes it; else events wake nobody.
  void drainer_waits() noexcept;

  /// Counts since loading, by `enum tally_kind`, summed over the CPUs.
  [[nodiscard]] std::array<tally, TALLY_COUNT> tallies() const;

  [[nodiscard]] int tls_ring() const noexcept;
  [[nodiscard]] int process_ring() const noexcept;
  [[nodiscard]] uprobe_transport transport() const noexcept { return transport_; }
  [[nodiscard]] socket_source sockets() const noexcept { return sockets_; }

private:
  struct skeleton_deleter {
    void operator()(capture_programs* skeleton) const noexcept;
  };

  kernel_programs(std::unique_ptr<capture_programs, skeleton_deleter> skeleton, uprobe_transport transport,
                  socket_source sockets);

  std::unique_ptr<capture_programs, skeleton_deleter> skeleton_;
  uprobe_transport transport_;
  socket_source sockets_;
};

} // namespace cleartap
