#include "test/bench/link_bench.hpp"
#include "test/bench/reconstructor_process.hpp"
#include "test/bench/sniffer_end.hpp"
#include "test/bench/traffic.hpp"

#include <cstdio>
#include <thread>
#include <unistd.h>

namespace cleartap::bench {

namespace {

constexpr auto rate = 2000.0;
constexpr auto time = 40s;
constexpr auto interval = 5s; // between two lines

void print(const char* when, const sniffer_end& sniffer) {
  std::printf("{\"bench\":\"disconnected\",\"when\":\"%s\",\"resident_kib\":%zu,\"queued\":%llu,\"dropped\":%llu}\n",
              when, resident_kib(getpid()), static_cast<unsigned long long>(sniffer.queued()),
              static_cast<unsigned long long>(sniffer.dropped()));
  std::fflush(stdout);
}

} // namespace

void bench_disconnected(const std::string& executable) {
  auto pool = batches_of({"json 2 KB", body_kind::json, 0, 20}, 16);
  auto nobody = reconstructor_process{executable}; // never started: its port is free
  auto sniffer = sniffer_end{nobody.port(), nobody.sniffer_files()};
  print("start", sniffer);
  auto begin = steady::now();
  auto shown = begin;
  for (auto sent = std::size_t{0}; steady::now() < begin + time;) {
    if (steady::now() > shown + interval) {
      shown += interval;
      print((std::to_string(static_cast<int>(seconds(shown - begin))) + " s").c_str(), sniffer);
    }
    if (static_cast<double>(sent) >= rate * seconds(steady::now() - begin)) {
      std::this_thread::sleep_for(1ms);
      continue;
    }
    sniffer.feed(pool[sent / 20 % pool.size()]);
    sent += 20;
  }
  print("end", sniffer);
}

} // namespace cleartap::bench
