// The counters of the directory as Prometheus text. Refuses to count anything itself.
#pragma once

#include "actors/flow/directory.hpp"
#include "messages/probing.hpp"

#include <string>

namespace cleartap {

/// Text exposition format 0.0.4. `watched` is nothing in a process without a sniffer.
[[nodiscard]] std::string metrics_text(const flow::directory& directory, const watch_status* watched);

} // namespace cleartap
