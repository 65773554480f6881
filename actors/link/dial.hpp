// Connects to the reconstructor and shakes hands. Blocks, within limits; refuses to know what follows.
#pragma once

#include "actors/link/tls_identity.hpp"
#include "actors/link/tls_peer.hpp"
#include "config/settings.hpp"
#include "messages/result.hpp"

#include <atomic>
#include <chrono>

namespace cleartap {

/// For each of look-up, connecting and handshake.
inline constexpr auto dial_step_max = std::chrono::seconds{3};

/// After it no further address is tried.
inline constexpr auto dial_time_max = std::chrono::seconds{10};

/// Tries the host's addresses in order. The peer's certificate must have the name `peer_name`; if that is empty, the
/// host's. Ends early, with a failure, when `stop` becomes true.
[[nodiscard]] result<tls_peer> dial(const connect_address& where, const std::string& peer_name, tls_identity& identity,
                                    const std::atomic<bool>& stop);

} // namespace cleartap
