#include "actors/probes/perf_paranoid.hpp"

#include <fstream>

namespace cleartap {

std::string paranoid_hint() {
  constexpr auto upstream_max = 2;
  auto paranoid = 0;
  if (std::ifstream{"/proc/sys/kernel/perf_event_paranoid"} >> paranoid && paranoid > upstream_max)
    return "kernel.perf_event_paranoid is " + std::to_string(paranoid) +
           ", which asks for CAP_SYS_ADMIN where at most 2 would ask for CAP_PERFMON";
  return {};
}

} // namespace cleartap
