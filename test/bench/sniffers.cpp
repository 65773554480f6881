#include "actors/link/exchange_codec.hpp"
#include "test/bench/link_bench.hpp"
#include "test/bench/reconstructor_process.hpp"
#include "test/bench/simulated_sniffer.hpp"
#include "test/bench/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <list>
#include <stdexcept>
#include <sys/epoll.h>

namespace cleartap::bench {

namespace {

constexpr auto sniffers_count = 200u;
constexpr auto joined_max = std::size_t{64}; // exchanges of one batch
constexpr auto heartbeat_interval = 500ms;
constexpr auto warm_up = 3s;
constexpr auto measured = 10s;
constexpr auto connect_max = 60s;
constexpr auto log_max = std::size_t{500}; // of a failure

encoded_batches encoded() {
  auto encoder = exchange_encoder{};
  auto all = encoded_batches{};
  for (auto count = std::size_t{1}; count <= joined_max; ++count)
    all.push_back(encoder.encode(batches_of({"json 2 KB", body_kind::json, 0, count}, 1).front()));
  return all;
}

/// All of them, in the calling thread.
class crowd {
public:
  crowd(std::uint16_t port, const tls_files& files)
      : identity_{tls_side::client, files, [](const std::string&) {}}, epoll_{epoll_create1(EPOLL_CLOEXEC)} {
    for (auto i = 1u; i <= sniffers_count; ++i) {
      auto& fresh = all_.emplace_back(i, port, identity_, batches_);
      auto event = epoll_event{EPOLLIN, {.ptr = &fresh}};
      epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fresh.fd(), &event);
      fresh.advance(steady::now());
    }
  }

  bool connected() const { return std::ranges::all_of(all_, &simulated_sniffer::welcome); }

  /// `rate` exchanges per second of each. What does not fit into its window is offered later.
  void run(double rate, steady::time_point end) {
    auto begin = steady::now();
    auto offered = std::vector<std::size_t>(all_.size());
    for (auto now = begin; now < end; now = steady::now()) {
      auto index = std::size_t{0};
      for (auto& each : all_) {
        // Each begins at another moment, as sniffers do.
        auto due = rate * seconds(now - begin) + static_cast<double>(index) / sniffers_count;
        auto& count = offered[index++];
        for (; static_cast<double>(count + 1) <= due && each.waiting() < joined_max; ++count)
          each.offer(now);
        each.flush(now);
      }
      step();
    }
  }

  /// Reads and writes until nothing happens for a millisecond.
  void step() {
    epoll_event events[sniffers_count];
    auto count = epoll_wait(epoll_.get(), events, sniffers_count, 1);
    auto now = steady::now();
    for (auto i = 0; i < count; ++i)
      static_cast<simulated_sniffer*>(events[i].data.ptr)->advance(now);
    if (now < next_heartbeat_)
      return;
    next_heartbeat_ = now + heartbeat_interval;
    for (auto& each : all_) {
      each.heartbeat();
      each.flush(now);
    }
  }

  std::vector<std::uint64_t> acknowledged() const {
    auto counts = std::vector<std::uint64_t>{};
    for (const auto& each : all_)
      counts.push_back(each.acknowledged());
    return counts;
  }

  std::vector<float> take_latencies() {
    auto sum = std::vector<float>{};
    for (auto& each : all_)
      std::ranges::copy(each.take_latencies(), std::back_inserter(sum));
    std::ranges::sort(sum);
    return sum;
  }

private:
  tls_identity identity_;
  support::descriptor epoll_;
  encoded_batches batches_ = encoded();
  std::list<simulated_sniffer> all_;
  steady::time_point next_heartbeat_;
};

void print(double rate, double time, std::vector<std::uint64_t> counts, const std::vector<float>& latencies, double cpu,
           std::size_t resident) {
  std::ranges::sort(counts);
  auto sum = 0.0;
  for (auto each : counts)
    sum += static_cast<double>(each);
  auto part = [&](std::size_t percent) {
    return latencies.empty() ? 0.0 : double{latencies[(latencies.size() - 1) * percent / 100]};
  };
  std::printf("{\"bench\":\"sniffers\",\"sniffers\":%u,\"offered_per_second\":%.0f,\"exchanges_per_second\":%.0f,"
              "\"batches_per_second\":%.0f,\"reconstructor_cpu_percent_of_a_core\":%.1f,"
              "\"reconstructor_us_per_exchange\":%.1f,\"reconstructor_resident_kib\":%zu,"
              "\"acknowledged_ms_median\":%.0f,\"acknowledged_ms_p99\":%.0f,\"acknowledged_ms_max\":%.0f,"
              "\"slowest_sniffer_per_second\":%.1f,\"fastest_sniffer_per_second\":%.1f}\n",
              sniffers_count, std::isinf(rate) ? -1.0 : rate * sniffers_count, sum / time,
              static_cast<double>(latencies.size()) / time, cpu / time * 100, sum > 0 ? cpu / sum * 1e6 : 0.0, resident,
              part(50), part(99), part(100), static_cast<double>(counts.front()) / time,
              static_cast<double>(counts.back()) / time);
  std::fflush(stdout);
}

void measure(crowd& all, const reconstructor_process& reconstructor, double rate) {
  all.run(rate, steady::now() + warm_up);
  all.take_latencies();
  auto before = all.acknowledged();
  auto cpu = cpu_seconds(reconstructor.pid());
  auto begin = steady::now();
  all.run(rate, begin + measured);
  auto counts = all.acknowledged();
  std::ranges::transform(counts, before, counts.begin(), std::minus{});
  print(rate, seconds(steady::now() - begin), std::move(counts), all.take_latencies(),
        cpu_seconds(reconstructor.pid()) - cpu, resident_kib(reconstructor.pid()));
}

} // namespace

void bench_sniffers(const std::string& executable) {
  auto reconstructor = reconstructor_process{executable};
  reconstructor.start();
  reconstructor.wait_until_listening();
  auto cpu = cpu_seconds(reconstructor.pid());
  auto begin = steady::now();
  auto all = crowd{reconstructor.port(), reconstructor.sniffer_files()};
  while (!all.connected()) {
    all.step();
    if (steady::now() > begin + connect_max)
      throw std::runtime_error{"not all could connect: " + reconstructor.complaints()};
  }
  std::printf("{\"bench\":\"connect\",\"sniffers\":%u,\"all_connected_ms\":%.0f,\"reconstructor_cpu_ms\":%.0f}\n",
              sniffers_count, seconds(steady::now() - begin) * 1e3, (cpu_seconds(reconstructor.pid()) - cpu) * 1e3);
  std::fflush(stdout);
  try {
    for (auto rate : {0.0, 5.0, 50.0, std::numeric_limits<double>::infinity()})
      measure(all, reconstructor, rate);
  } catch (const std::exception& error) {
    auto log = reconstructor.complaints();
    throw std::runtime_error{std::string{error.what()} + "\n" + log.substr(log.size() - std::min(log.size(), log_max))};
  }
}

} // namespace cleartap::bench
