#include "test/bench/link_bench.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <map>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

using namespace cleartap::bench;

namespace {

double cpu_seconds_of(int whom) {
  auto usage = rusage{};
  getrusage(whom, &usage);
  auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

} // namespace

double cleartap::bench::cpu_seconds_of_others() { return cpu_seconds_of(RUSAGE_SELF) - cpu_seconds_of(RUSAGE_THREAD); }

int main(int count, char** words) {
  const auto scenarios = std::map<std::string, void (*)(const std::string&)>{{"throughput", bench_throughput},
                                                                             {"sniffers", bench_sniffers},
                                                                             {"disconnected", bench_disconnected},
                                                                             {"recovery", bench_recovery}};
  auto chosen = count == 3 ? scenarios.find(words[2]) : scenarios.end();
  if (chosen == scenarios.end()) {
    std::fprintf(stderr, "usage: link_bench CLEARTAP throughput|sniffers|disconnected|recovery\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN); // as the executable does
  spdlog::set_level(spdlog::level::err);
  try {
    chosen->second(words[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "link_bench: %s\n", error.what());
    return 1;
  }
}
