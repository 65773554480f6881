// The kernel programs of this process: loaded in the best way that is granted, attached to TLS libraries, counted.
// Refuses to know which libraries there are and what their plaintext means.
#pragma once

#include "actors/probes/program_object.hpp"
#include "actors/probes/uprobe_links.hpp"
#include "actors/ring/kernel_rings.hpp"
#include "messages/probing.hpp"

#include <chrono>

namespace cleartap {

/// What attaching to a file has brought.
struct attachment {
  attached_probes probes;
  std::size_t functions = 0; // that are probed now
  std::string left_out;      // which are not, and why; else empty
};

class kernel_programs {
public:
  /// Loads in the first way that this kernel grants; see capture_choice.hpp. The failure names what each trial said and
  /// what is missing.
  [[nodiscard]] static result<kernel_programs> load(const kernel_options& options);

  /// Probes every known function among `functions` in the file at `path`. Fails if nothing is read or written by those
  /// that can be probed; nothing stays attached then.
  [[nodiscard]] result<attachment> attach(const std::filesystem::path& path,
                                          std::span<const function_offset> functions);

  /// Connections that are there are new ones from now on. While nothing is attached.
  void forget_connections();

  /// Removes connections that nobody closed: those of processes that are gone and, once the table is three quarters
  /// full, those not used for `idle_max`. Looks at the table once a minute, and whenever it is half full.
  void sweep_connections(std::chrono::nanoseconds idle_max);

  /// Whether a process and the children that it forks from now on are left alone, until they run another program.
  void ignore(std::uint32_t pid, bool on);

  /// The plaintext of this connection is not copied any more. Any thread may call this. Without room for another such
  /// connection nothing changes.
  void mute(const connection_id& which);

  /// While paused, plaintext is counted as lost{paused} and not copied.
  void pause(bool on);
  [[nodiscard]] bool paused() const;

  /// Says that the drainer is about to sleep, so that the next event wakes it; else events wake nobody.
  void drainer_waits();

  /// For tests: of the data events of process `pid`, those after the first `after` are lost, `count` of them.
  void lose(std::uint32_t pid, std::uint32_t after, std::uint32_t count);

  /// Counts since loading, by `enum tally_kind`, summed over the CPUs.
  [[nodiscard]] std::array<tally, TALLY_COUNT> tallies() const;

  /// What the programs write their records into.
  [[nodiscard]] ring_source rings() const;
  [[nodiscard]] const capture_choice& choice() const noexcept { return choice_; }

  /// What was tried before in vain, and why; empty if the first way was granted.
  [[nodiscard]] const std::string& refused() const noexcept { return refused_; }

private:
  kernel_programs(program_object object, const capture_choice& choice, const kernel_options& options);

  program_object object_;
  capture_choice choice_;
  std::string refused_;
  std::uint32_t ring_pages_;
  std::uint32_t connections_max_;
  std::uint64_t swept_ = 0; // connections
  std::chrono::steady_clock::time_point sweep_due_{};
};

} // namespace cleartap
