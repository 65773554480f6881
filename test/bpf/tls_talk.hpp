// Real TLS between two threads over TCP on loopback, with writes of exact sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cleartap {

/// The bytes of the i-th write: every byte tells its position, so that a wrong or stale one is noticed.
std::string talk_payload(std::size_t index, std::size_t size);

/// A client writes these sizes, one SSL_write each, a server reads them all and answers "done". Both are threads of the
/// calling process. Returns the client's port.
std::uint16_t talk(const std::vector<std::size_t>& write_sizes);

/// Runs `action` in a child process and waits for it; returns its pid. The child exits without running destructors.
pid_t run_in_child(const std::function<void()>& action);

} // namespace cleartap
