// What link_bench measures, each against a reconstructor process of its own, as JSON lines.
#pragma once

#include <chrono>
#include <string>

namespace cleartap::bench {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// One sniffer's end, as fast as it goes and at a fixed rate: exchanges, bytes, CPU on both sides.
void bench_throughput(const std::string& executable);

/// Many simulated sniffers on one reconstructor.
void bench_sniffers(const std::string& executable);

/// The memory of a sniffer's end that has nobody to send to.
void bench_disconnected(const std::string& executable);

/// From the moment at which the reconstructor is there again to the first acknowledgement, and to the end of the
/// backlog.
void bench_recovery(const std::string& executable);

/// This process's CPU time, without that of the calling thread.
[[nodiscard]] double cpu_seconds_of_others();

inline double seconds(steady::duration time) { return std::chrono::duration<double>(time).count(); }

} // namespace cleartap::bench
