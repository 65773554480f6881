#include "test/bench/link_bench.hpp"
#include "test/bench/reconstructor_process.hpp"
#include "test/bench/sniffer_end.hpp"
#include "test/bench/traffic.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

namespace cleartap::bench {

namespace {

constexpr auto rate = 2000.0;
constexpr auto batch = std::size_t{10};
constexpr auto calm = 4s; // before each outage
constexpr auto runs = 3;
constexpr auto recovery_max = 90s;

struct outage {
  const char* what;
  std::chrono::seconds length;
  std::function<void(reconstructor_process&)> begin;
  std::function<void(reconstructor_process&)> end;
};

/// Feeds at the rate, whatever happens.
class load {
public:
  explicit load(sniffer_end& sniffer) : sniffer_{sniffer} {}

  /// Until `done` says so, which is asked every millisecond. False if it took longer than `time_max`.
  bool run(const std::function<bool()>& done, steady::duration time_max) {
    auto begin = steady::now();
    while (!done()) {
      if (steady::now() > begin + time_max)
        return false;
      for (; static_cast<double>(sent_) < rate * seconds(steady::now() - begin_); sent_ += batch)
        sniffer_.feed(pool_[sent_ / batch % pool_.size()]);
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

private:
  sniffer_end& sniffer_;
  std::vector<exchange_batch> pool_ = batches_of({"json 2 KB", body_kind::json, 0, batch}, 64);
  std::size_t sent_ = 0;
  steady::time_point begin_ = steady::now();
};

void measure(const outage& what, reconstructor_process& reconstructor, sniffer_end& sniffer, load& traffic) {
  auto usual = std::uint64_t{0};
  traffic.run(
      [&] {
        usual = std::max(usual, sniffer.queued());
        return false;
      },
      calm);
  what.begin(reconstructor);
  traffic.run([] { return false; }, what.length);
  auto dropped = sniffer.dropped();
  auto before = sniffer.acknowledged();
  auto backlog = sniffer.queued();
  what.end(reconstructor);
  auto begin = steady::now();
  if (!traffic.run([&] { return sniffer.acknowledged() > before; }, recovery_max))
    throw std::runtime_error{"the sniffer did not come back: " + reconstructor.complaints()};
  auto first = seconds(steady::now() - begin);
  if (!traffic.run([&] { return sniffer.queued() <= usual; }, recovery_max))
    throw std::runtime_error{"the backlog did not go: " + reconstructor.complaints()};
  std::printf("{\"bench\":\"recovery\",\"outage\":\"%s\",\"outage_seconds\":%d,\"backlog_exchanges\":%llu,"
              "\"first_acknowledgement_ms\":%.0f,\"backlog_gone_ms\":%.0f,\"dropped\":%llu}\n",
              what.what, static_cast<int>(what.length.count()), static_cast<unsigned long long>(backlog), first * 1e3,
              seconds(steady::now() - begin) * 1e3, static_cast<unsigned long long>(sniffer.dropped() - dropped));
  std::fflush(stdout);
}

} // namespace

void bench_recovery(const std::string& executable) {
  auto reconstructor = reconstructor_process{executable};
  reconstructor.start();
  auto sniffer = sniffer_end{reconstructor.port(), reconstructor.sniffer_files()};
  auto traffic = load{sniffer};
  if (!traffic.run([&] { return sniffer.acknowledged() > 0; }, recovery_max))
    throw std::runtime_error{"the sniffer did not connect: " + reconstructor.complaints()};
  auto kill = [](reconstructor_process& which) { which.kill(); };
  auto start = [](reconstructor_process& which) { which.start(); };
  auto stop = [](reconstructor_process& which) { which.signal(SIGSTOP); };
  auto go_on = [](reconstructor_process& which) { which.signal(SIGCONT); };
  for (const auto& each :
       {outage{"killed and started again", 0s, kill, start}, outage{"killed", 2s, kill, start},
        outage{"killed", 8s, kill, start}, outage{"stopped", 4s, stop, go_on}, outage{"stopped", 10s, stop, go_on}})
    for (auto i = 0; i < runs; ++i)
      measure(each, reconstructor, sniffer, traffic);
}

} // namespace cleartap::bench
