// Shows what is counted in the kernel as ledgers. Refuses to read it there.
#pragma once

#include "actors/flow/directory.hpp"
#include "bpf/events.h"

#include <array>

namespace cleartap {

/// `tallies`: since loading, by `enum tally_kind`. Calls that were seen and their plaintext are in `bytes`; of what was
/// lost without a length, because a call was never followed or a record not written, only the number is known:
/// `events`.
void show_tallies(const std::array<tally, TALLY_COUNT>& tallies, flow::ledger_status& bytes,
                  flow::ledger_status& events) noexcept;

} // namespace cleartap
