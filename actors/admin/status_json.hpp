// The directory as JSON, as `cleartap ctl` shows it. Refuses to hold captured data or secrets.
#pragma once

#include "actors/flow/directory.hpp"
#include "messages/probing.hpp"

#include <string>

namespace cleartap {

/// {"actors":[{"name","index","phase","mailbox","messages_in","messages_out","restarts"}]}
[[nodiscard]] std::string actors_json(const flow::directory& directory);

/// {"edges":[{"from","to","lanes","batch_max","credit_max","queue_max","unit","offered","delivered","batches",
/// "under_way","waiting","dropped":{reason: units}}]}
[[nodiscard]] std::string topology_json(const flow::directory& directory);

/// {"stages":[{"name","index","unit","in","out","queued","dropped":{reason: units},"balance"}]}; balance is what the
/// ledger lacks: 0 once the stage is at rest.
[[nodiscard]] std::string losses_json(const flow::directory& directory);

/// {"libraries","processes","scanned"}; nulls in a process without a sniffer.
[[nodiscard]] std::string watched_json(const watch_status* watched);

} // namespace cleartap
