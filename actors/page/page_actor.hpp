// Serves the inventory: REST and the web page. Asks the inventory's shards; each API is known to one of them.
#pragma once

#include "actors/http/http_server.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

struct page_state {
  static inline const char* name = "page";

  std::vector<inventory_actor> shards;
  http_server server;
};

/// Ends with the reason if it cannot listen. `port` receives the port that it listens at.
page_actor::behavior_type page(page_actor::stateful_pointer<page_state> self, const settings* config,
                               std::atomic<std::uint16_t>* port);

} // namespace cleartap
