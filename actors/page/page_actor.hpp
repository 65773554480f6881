// Serves the inventory, and a picture of the pipeline: REST and the web page. Asks the inventory's shards; each API is
// known to one of them.
#pragma once

#include "actors/http/http_server.hpp"
#include "actors/status/connections_json.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

namespace cleartap {

/// What the picture of the pipeline is made of; outlives the actor.
struct page_views {
  const flow::directory* directory = nullptr;
  link_view link;
  std::string token; // of page.token_file; may be empty
};

struct page_state {
  static inline const char* name = "page";

  std::vector<inventory_actor> shards;
  http_server server;
};

/// Ends with the reason if it cannot listen. `port` receives the port that it listens at.
page_actor::behavior_type page(page_actor::stateful_pointer<page_state> self, const settings* config,
                               const page_views* views, std::atomic<std::uint16_t>* port);

} // namespace cleartap
