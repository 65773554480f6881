// Which API an exchange belongs to: its authority in one spelling, and the id made of it. Refuses to know DNS.
#pragma once

#include "messages/exchange.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

inline constexpr auto authority_size_max = std::size_t{255}; // bytes

/// No Host header and no known socket.
inline constexpr auto unknown_authority = std::string_view{"unknown"};

/// What is no authority: all garbage shares one API. Nobody owns the name (RFC 6761 section 6.4).
inline constexpr auto invalid_authority = std::string_view{"invalid"};

/// host[:port] (RFC 3986 section 3.2) in lower case without port 443 and without a final dot. A name is made of
/// letters, digits, '.', '-' and '_': the RFC would allow more, but no host name has it and documents and pages show
/// this text. A v6 address is in brackets. Nothing if `text` is anything else. Normalising twice changes nothing.
[[nodiscard]] std::optional<std::string> normalised_authority(std::string_view text);

/// The normalised Host; without a Host the server's socket; else unknown_authority or invalid_authority.
/// Precondition: `one` has a request.
[[nodiscard]] std::string authority_of(const exchange& one);

/// 16 hex digits: stable_hash(authority). It names, it does not prove: two authorities may share an id.
[[nodiscard]] std::string api_id(std::string_view authority);

/// The hash in an id, or nothing if `id` is not 16 lower-case hex digits.
[[nodiscard]] std::optional<std::uint64_t> hash_of_id(std::string_view id) noexcept;

} // namespace cleartap
