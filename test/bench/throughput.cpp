#include "actors/link/exchange_bytes.hpp"
#include "test/bench/link_bench.hpp"
#include "test/bench/reconstructor_process.hpp"
#include "test/bench/sniffer_end.hpp"
#include "test/bench/traffic.hpp"

#include <cstdio>
#include <thread>

namespace cleartap::bench {

namespace {

constexpr auto warm_up = 3s;
constexpr auto measured = 10s;
constexpr auto pool_bytes = std::size_t{8} << 20; // of exchanges that are sent again and again
constexpr auto pause = std::chrono::microseconds{500};

constexpr link_load loads[] = {
    {"json 2 KB", body_kind::json, 0, 256},           {"base64 2 KB", body_kind::base64, 0, 256},
    {"random 2 KB", body_kind::random, 0, 256},       {"json 64 KB", body_kind::json, 64 << 10, 4},
    {"base64 64 KB", body_kind::base64, 64 << 10, 4}, {"base64 1 MB", body_kind::base64, 1 << 20, 1}};

/// What the counters show at one moment.
struct reading {
  steady::time_point at = steady::now();
  std::uint64_t exchanges = 0;
  std::uint64_t wire_bytes = 0;
  double sniffer_cpu = 0;
  double reconstructor_cpu = 0;
};

reading read(const sniffer_end& sniffer, const reconstructor_process& reconstructor) {
  return {steady::now(), sniffer.acknowledged(), sniffer.wire_bytes(), cpu_seconds_of_others(),
          cpu_seconds(reconstructor.pid())};
}

void print(const link_load& load, double rate, double bytes, const reading& begin, const reading& end) {
  auto time = seconds(end.at - begin.at);
  auto count = static_cast<double>(end.exchanges - begin.exchanges);
  auto offered = rate > 0 ? std::to_string(static_cast<int>(rate)) + "/s" : "all";
  std::printf("{\"bench\":\"link\",\"load\":\"%s\",\"offered\":\"%s\",\"exchanges_per_second\":%.0f,"
              "\"mb_per_second\":%.1f,\"wire_mb_per_second\":%.2f,\"sniffer_us_per_exchange\":%.1f,"
              "\"reconstructor_us_per_exchange\":%.1f}\n",
              load.name, offered.c_str(), count / time, count * bytes / time / 1e6,
              static_cast<double>(end.wire_bytes - begin.wire_bytes) / time / 1e6,
              (end.sniffer_cpu - begin.sniffer_cpu) / count * 1e6,
              (end.reconstructor_cpu - begin.reconstructor_cpu) / count * 1e6);
  std::fflush(stdout);
}

/// With a rate of 0 as much as the window takes without dropping.
void measure(const std::string& executable, const link_load& load, double rate) {
  auto sample = batches_of(load, 1).front();
  auto each_in_memory = size_in_memory(sample.exchanges.front());
  auto each_in_bytes = static_cast<double>(to_bytes(sample).size()) / static_cast<double>(sample.size());
  auto pool = batches_of(load, std::max<std::size_t>(4, pool_bytes / each_in_memory / load.exchanges));
  auto reconstructor = reconstructor_process{executable};
  reconstructor.start();
  auto sniffer = sniffer_end{reconstructor.port(), reconstructor.sniffer_files()};
  auto queued_max = sniffer.buffer_max() * 3 / 4 / each_in_memory;
  auto begin = steady::now();
  auto first = std::optional<reading>{};
  for (auto sent = std::size_t{0}; steady::now() < begin + warm_up + measured;) {
    if (!first && steady::now() > begin + warm_up)
      first = read(sniffer, reconstructor);
    auto due = rate > 0 ? static_cast<double>(sent) < rate * seconds(steady::now() - begin)
                        : sniffer.queued() + load.exchanges <= queued_max;
    if (!due) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    sniffer.feed(pool[sent / load.exchanges % pool.size()]);
    sent += load.exchanges;
  }
  if (sniffer.dropped() > 0 || !sniffer.connected())
    throw std::runtime_error{"the uplink dropped exchanges: " + reconstructor.complaints()};
  print(load, rate, each_in_bytes, *first, read(sniffer, reconstructor));
}

} // namespace

void bench_throughput(const std::string& executable) {
  for (const auto& load : loads)
    measure(executable, load, 0);
  for (auto rate : {200, 2000}) // batches as they come every few milliseconds
    measure(executable, {"json 2 KB", body_kind::json, 0, rate >= 2000 ? 10u : 1u}, rate);
}

} // namespace cleartap::bench
