// A node's half: from the kernel to the uplink, or for a watcher to the feed alone.
#pragma once

#include "actors/enrichment/process_board.hpp"
#include "actors/feed/watch_hub.hpp"
#include "actors/probes/kernel_programs.hpp"
#include "actors/rescan/rescan_actor.hpp"
#include "actors/uplink/uplink_actor.hpp"
#include "actors/wiring/plan.hpp"
#include "messages/probing.hpp"

#include <optional>

namespace cleartap::wiring {

class sniffer_part {
public:
  explicit sniffer_part(const live_settings& live);

  /// What can fail for a reason that the user can mend, before any actor runs.
  [[nodiscard]] result<void> prepare();

  /// Adds its actors. Without `deliver` exchanges end at the feed.
  void add_to(plan& into, bool deliver);

  std::size_t uplink() const noexcept { return uplink_; } // indexes of children
  std::size_t probes() const noexcept { return probes_; }
  std::size_t rescan() const noexcept { return rescan_; }
  std::uint64_t epoch() const noexcept { return unsent_->sender.epoch; }
  const watch_status& watched() const noexcept { return watched_; }
  watch_hub& hub() noexcept { return *hub_; }

private:
  void add_uplink(plan& into, edge_status* in, const child_indexes& enrichers);

  const live_settings* live_;
  std::optional<kernel_programs> programs_;
  std::optional<uplink_memory> unsent_;
  discovery_tools discovery_;
  process_board processes_;
  watch_status watched_;
  std::optional<watch_hub> hub_;
  std::size_t uplink_ = 0;
  std::size_t probes_ = 0;
  std::size_t rescan_ = 0;
};

} // namespace cleartap::wiring
