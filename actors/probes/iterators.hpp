// What only an iterator program tells: which inode a file really is, and whose sockets are whose. Each needs CAP_BPF,
// CAP_PERFMON, Linux 5.12 and the kernel's BTF. Refuses to know what the answers are for.
#pragma once

#include "messages/process.hpp"
#include "messages/result.hpp"
#include "messages/tls_hello.hpp"

#include <memory>
#include <optional>
#include <string>

struct iterator_programs;

namespace cleartap {

struct iterator_deleter {
  void operator()(iterator_programs* programs) const noexcept;
};
using iterator_ptr = std::unique_ptr<iterator_programs, iterator_deleter>;

/// Tells by which device and inode a file carries probes. On an overlay that is the file of the layer below, which
/// stat(2), and from Linux 6.8 on also /proc/PID/maps, do not show: two containers of one image seem to have two files,
/// and probes in both would count every byte twice.
class inode_finder {
public:
  [[nodiscard]] static result<inode_finder> load();

  /// Nothing if the file cannot be mapped. One thread at a time.
  [[nodiscard]] std::optional<file_id> find(int fd) const;

private:
  explicit inode_finder(iterator_ptr programs) noexcept : programs_{std::move(programs)} {}

  iterator_ptr programs_;
};

/// Finds the owners of sockets that were made before their owners were noted, or whose owner has gone.
class socket_finder {
public:
  /// `owners` is the map of bpf/net.bpf.c in which they are noted. Sockets without an owner get theirs at once.
  [[nodiscard]] static result<socket_finder> load(int owners);

  /// Gives the TCP sockets of `gone`, or with 0 those of nobody, to the first process that holds them, and tells who
  /// has the one of that cookie. Visits every open file of the machine, less than a millisecond for some thousand.
  std::optional<socket_holder> adopt(std::uint32_t gone, std::uint64_t cookie) const;

private:
  explicit socket_finder(iterator_ptr programs) noexcept : programs_{std::move(programs)} {}

  iterator_ptr programs_;
};

} // namespace cleartap
