// What kernel.perf_event_paranoid asks of who wants perf events. Refuses to know what they are for.
#pragma once

#include <string>

namespace cleartap {

/// What it is set to, if that is more than the upstream kernel knows; else empty. Distributions then ask for
/// CAP_SYS_ADMIN even of those who have CAP_PERFMON.
[[nodiscard]] std::string paranoid_hint();

} // namespace cleartap
