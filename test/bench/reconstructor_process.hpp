// The reconstructor of a bench: the real executable as a process, with certificates and a store in a directory of its
// own. Refuses to know who sends to it.
#pragma once

#include "actors/link/tls_identity.hpp"
#include "test/support/child.hpp"
#include "test/support/temporary_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace cleartap::bench {

/// The certificate of every sniffer; each claims a name of its own for the star.
inline constexpr auto sniffer_wildcard = "*.sniffer.bench";
inline constexpr auto reconstructor_name = "recon.bench";

/// CPU time that a process used so far, and its memory, from /proc.
[[nodiscard]] double cpu_seconds(pid_t process);
[[nodiscard]] std::size_t resident_kib(pid_t process);

class reconstructor_process {
public:
  /// Makes the certificates; starts nothing.
  explicit reconstructor_process(std::string executable);

  void start();
  void wait_until_listening() const;
  void kill(); // as a crash does
  void signal(int number) const { process_->signal(number); }
  pid_t pid() const { return process_->pid(); }
  std::string complaints() const { return process_->complaints(); }

  std::uint16_t port() const noexcept { return port_; }
  tls_files sniffer_files() const { return files_of(sniffer_wildcard); }

private:
  tls_files files_of(const std::string& name) const;

  std::string executable_;
  temporary_directory home_;
  std::uint16_t port_;
  std::optional<support::child> process_;
};

} // namespace cleartap::bench
