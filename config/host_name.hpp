// What may stand for a host: DNS names and IP addresses. Refuses to know whether there is such a host.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap {

inline constexpr std::size_t host_name_size_max = 253; // RFC 1035 section 2.3.4, without the dot at the end

/// RFC 1123 section 2.1, with underscores, which Kubernetes and others let through. No dot at the end.
[[nodiscard]] bool is_dns_name(std::string_view text) noexcept;

[[nodiscard]] bool is_ipv4_address(std::string_view text);
[[nodiscard]] bool is_ipv6_address(std::string_view text);

/// One of the three. Any DNS name of digits and dots that is no IPv4 address passes too.
[[nodiscard]] bool is_host_name(std::string_view text);

} // namespace cleartap
