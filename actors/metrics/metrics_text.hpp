// The counters of the directory as Prometheus text. Refuses to count anything itself.
#pragma once

#include "actors/flow/directory.hpp"
#include "actors/status/connections_json.hpp"
#include "messages/probing.hpp"

#include <string>

namespace cleartap {

/// Text exposition format 0.0.4. `watched` is nothing in a process without a sniffer; `link` may have no host.
[[nodiscard]] std::string metrics_text(const flow::directory& directory, const watch_status* watched,
                                       const link_view& link = {});

} // namespace cleartap
