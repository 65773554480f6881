// Sees the ClientHellos of all TCP connections of a cgroup, whatever TLS library made them, and whose sockets they are.
// Needs CAP_BPF and CAP_NET_ADMIN. Refuses to know what is in them.
#pragma once

#include "actors/probes/iterators.hpp"
#include "messages/result.hpp"
#include "messages/tls_hello.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace cleartap {

/// Decodes what bpf/hello.h describes; nothing if it is something else.
[[nodiscard]] std::optional<tls_hello> decode_hello(std::span<const std::uint8_t> record);

/// The root of cgroup v2, so that the whole machine is seen also from inside a container that has the host's pids.
/// Fails if there is none, or if only a part of the machine can be reached.
[[nodiscard]] result<std::filesystem::path> cgroup_root();

class hello_watch {
public:
  /// Of this cgroup (v2) and all below it; empty: of the whole machine. Sockets that are there already get their owner.
  [[nodiscard]] static result<hello_watch> open(const std::filesystem::path& cgroup);

  hello_watch(hello_watch&&) noexcept;
  hello_watch& operator=(hello_watch&&) = delete;
  ~hello_watch();

  /// Visits at most `hellos_max`, oldest first. Nobody is woken by one: come by now and then.
  void drain(std::size_t hellos_max, const std::function<void(tls_hello)>& visit);

  /// See socket_finder; nothing, too, where that is not granted.
  std::optional<socket_holder> adopt(std::uint32_t gone, std::uint64_t cookie) const;

  [[nodiscard]] hello_tally tally() const;

  /// Why the owners of older sockets are not known; empty if they are.
  const std::string& owners_complaint() const noexcept { return owners_complaint_; }

private:
  struct programs;
  explicit hello_watch(std::unique_ptr<programs> loaded);

  std::unique_ptr<programs> programs_;
  std::optional<socket_finder> finder_;
  std::string owners_complaint_;
};

/// Opens one and closes it again, for `cleartap check`. Nothing if that is granted, else why not.
[[nodiscard]] std::optional<failure> try_hello_watch();

} // namespace cleartap
