// The link's end in this process: a sniffer's connector or a reconstructor's listener.
#pragma once

#include "actors/link/connector_actor.hpp"
#include "actors/link/link_host.hpp"
#include "actors/link/listener_actor.hpp"
#include "actors/wiring/plan.hpp"

#include <optional>

namespace cleartap::wiring {

class link_part {
public:
  link_part(const live_settings& live, tls_side side);

  /// What can fail for a reason that the user can mend, before any actor runs.
  [[nodiscard]] result<void> prepare();

  /// Adds the connector; the uplink is told of it when it is connected.
  void add_connector(plan& into, caf::actor_system& system, std::size_t uplink);

  /// Adds the listener; who tells it of intake is the caller. Returns its index.
  [[nodiscard]] std::size_t add_listener(plan& into, caf::actor_system& system);

  /// Ends a dial that is under way.
  void stop() noexcept { stopping_ = true; }

  const link_host& host() const noexcept { return host_; }

private:
  const live_settings* live_;
  tls_identity identity_;
  link_host host_;
  std::optional<remoting> remoting_;
  std::atomic<bool> stopping_{false};
};

} // namespace cleartap::wiring
