// Which addresses a process's socket has, from /proc: for kernel programs that cannot read the kernel's structures.
// Refuses to guess: what is too old to be sure of, or not there, is unknown.
#pragma once

#include "messages/capture.hpp"

#include <filesystem>
#include <string_view>
#include <unordered_map>

namespace cleartap {

/// The socket with this inode in the text of a /proc/PID/net/tcp or tcp6 (proc(5)), if it is connected.
[[nodiscard]] std::optional<socket_pair> find_in_tcp_table(std::string_view table, std::uint64_t inode,
                                                           ip_family family);

class socket_lookup {
public:
  explicit socket_lookup(std::filesystem::path proc = "/proc") : proc_{std::move(proc)} {}

  /// The socket of a connection whose library names `descriptor`, as told by its chunk. Each connection is looked up
  /// once, soon after its first call, for a descriptor that was closed is used again.
  [[nodiscard]] std::optional<socket_pair> find(const tls_chunk& chunk, kernel_time now);

private:
  [[nodiscard]] std::optional<socket_pair> look_up(std::uint32_t pid, int descriptor) const;

  std::filesystem::path proc_;
  std::unordered_map<connection_id, std::optional<socket_pair>> known_;
};

} // namespace cleartap
