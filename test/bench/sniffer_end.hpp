// The sniffer's end of the link as it runs in a sniffer, uplink and connector, fed with generated exchanges in place of
// captured ones. Refuses to know what is measured.
#pragma once

#include "actors/flow/parcel.hpp"
#include "actors/link/connector_actor.hpp"
#include "actors/uplink/uplink_actor.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <memory>

namespace cleartap::bench {

class sniffer_end {
public:
  sniffer_end(std::uint16_t port, const tls_files& files);
  sniffer_end(const sniffer_end&) = delete;
  sniffer_end& operator=(const sniffer_end&) = delete;
  ~sniffer_end();

  /// Passes the batch on; waits for the uplink's credit, as enrichment does.
  void feed(exchange_batch batch);

  bool connected() const { return link_status_.sniffer_end().connected; }
  std::uint64_t acknowledged() const noexcept { return status_.out; }
  std::uint64_t queued() const noexcept { return status_.queued; } // not acknowledged
  std::uint64_t dropped() const noexcept;
  std::size_t buffer_max() const noexcept { return config_.link.buffer_max; }

  /// Bytes that TCP has sent over the connections that are open: with TLS, without TCP's own heads.
  std::uint64_t wire_bytes() const;

private:
  struct caf_config : caf::actor_system_config {
    caf_config();
  };

  settings config_;
  flow::directory directory_;
  flow::actor_status& status_;
  flow::actor_status& connector_status_;
  flow::ledger_status& bodies_;
  flow::edge_status& edge_;
  uplink_memory memory_;
  link_status link_status_;
  tls_identity identity_;
  std::atomic<bool> stopping_{false};
  std::optional<remoting> link_; // as everything above it is used by actors, so that it must outlive the system
  caf_config caf_config_;
  caf::actor_system system_;
  uplink_actor uplink_;
  connector_actor connector_;
  std::shared_ptr<flow::lane> lane_;
};

} // namespace cleartap::bench
