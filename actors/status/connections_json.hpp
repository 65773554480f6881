// The link as JSON: whom a sniffer delivers to, who delivers to a reconstructor, what each epoch's ledger says. Refuses
// to hold captured data.
#pragma once

#include "actors/intake/epoch_board.hpp"
#include "actors/link/link_host.hpp"
#include "config/node_role.hpp"

#include <boost/json.hpp>
#include <string>

namespace cleartap {

/// All of it outlives who looks at it.
struct link_view {
  node_role role = node_role::standalone;
  const link_host* host = nullptr;
  const epoch_board* epochs = nullptr; // nothing without a reconstructor
  std::string reconstructor;           // "host:port" of link.connect
  std::uint64_t epoch = 0;             // of this process, if it captures
};

/// A sniffer: {"side":"sniffer","epoch","certificate_until","reconstructor":{"address","connected","name","since",
/// "last_error","connects","failures","open_parts"}}.
/// A reconstructor, or both in one process: {"side","certificate_until","sessions":[{"name","epoch","address","since",
/// "silent_ms","batches","exchanges","bytes_in","bytes_out","delayed"}],"epochs":[{"sniffer","epoch","number",
/// "exchanges","end","offered","dropped"}],"refused":{reason: count},"memory"}.
/// Epochs are 16 hex digits: JSON's numbers do not hold 64 bits.
[[nodiscard]] std::string connections_json(const link_view& view, std::chrono::steady_clock::time_point now);

/// The sessions of the above.
[[nodiscard]] boost::json::array sessions_of(const link_host& host, std::chrono::steady_clock::time_point now);

} // namespace cleartap
