// The directory as JSON, as `cleartap ctl` and the page show it. Refuses to hold captured data or secrets.
// A rate is in units per second, over the last seconds.
#pragma once

#include "actors/flow/directory.hpp"
#include "actors/status/connections_json.hpp"
#include "config/reload.hpp"
#include "messages/probing.hpp"

#include <string>

namespace cleartap {

/// {"actors":[{"name","index","phase","unit","rate","mailbox","messages_in","messages_out","restarts"}]}; the rate is
/// of what comes in, in the unit of the actor's ledger.
[[nodiscard]] std::string actors_json(const flow::directory& directory);

/// {"edges":[{"from","to","producers","lanes","batch_max","credit_max","queue_max","unit","rate","offered","delivered",
/// "batches","under_way","waiting","wanted","dropped":{reason: units},"dropped_rate"}]}; the rate is of what is
/// delivered. At most producers * lanes * credit_max batches are under way.
[[nodiscard]] std::string topology_json(const flow::directory& directory);

/// {"stages":[{"name","index","unit","in","out","queued","dropped":{reason: units},"dropped_rate","balance"}]}; balance
/// is what the ledger lacks: 0 once the stage is at rest.
[[nodiscard]] std::string losses_json(const flow::directory& directory);

/// All three, and the sessions of connections_json: {"actors":[...],"edges":[...],"stages":[...],"sessions":[...]}
[[nodiscard]] std::string pipeline_json(const flow::directory& directory, const link_view& link,
                                        std::chrono::steady_clock::time_point now);

/// {"libraries","processes","scanned"}; nulls in a process without a sniffer.
[[nodiscard]] std::string watched_json(const watch_status* watched);

/// {"applied","changed":[{"key","old","new"}],"problems":[line]}; with problems nothing was changed.
[[nodiscard]] std::string reload_json(const result<setting_changes>& outcome);

} // namespace cleartap
