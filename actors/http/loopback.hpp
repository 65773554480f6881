// Which hosts are this machine alone. Refuses to resolve names.
#pragma once

#include <string_view>

namespace cleartap {

/// 127.0.0.0/8, ::1 or "localhost"; v6 addresses without brackets.
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

/// Whether a Host header's value, "host" or "host:port", is one of these. A page of another name that was made to
/// resolve to this machine (DNS rebinding) has its own name there.
[[nodiscard]] bool names_loopback(std::string_view host_header) noexcept;

} // namespace cleartap
