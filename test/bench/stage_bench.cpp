// CPU cost of each stage on generated exchanges, as JSON lines. Single-threaded, so that a figure is per core.
#include "actors/enrichment/process_table.hpp"
#include "actors/feed/exchange_json.hpp"
#include "actors/inventory/inventory.hpp"
#include "actors/redaction/policy.hpp"
#include "actors/redaction/redact.hpp"
#include "actors/store/database.hpp"
#include "actors/uplink/send_window.hpp"
#include "test/bench/traffic.hpp"

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <unistd.h>

using namespace cleartap;
using namespace cleartap::bench;

namespace {

constexpr auto seconds_min = 1.0; // of CPU time per figure

double cpu_seconds() {
  auto now = timespec{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Repeats `work`, which handles `batch_size` exchanges, and prints the rate. `prepare` is not measured.
template <class Prepare, class Work>
void measure(const char* stage, Prepare prepare, Work work) {
  auto exchanges = std::uint64_t{0};
  auto spent = 0.0;
  while (spent < seconds_min) {
    auto input = prepare();
    auto begin = cpu_seconds();
    work(input);
    spent += cpu_seconds() - begin;
    exchanges += batch_size;
  }
  std::printf(
      "{\"bench\":\"stage\",\"stage\":\"%s\",\"exchanges_per_second_per_core\":%.0f,\"us_per_exchange\":%.2f}\n", stage,
      static_cast<double>(exchanges) / spent, spent * 1e6 / static_cast<double>(exchanges));
  std::fflush(stdout);
}

std::optional<proc_facts> no_proc(std::uint32_t) { return proc_facts{1, "bench", "/usr/bin/bench", ""}; }

/// A node's stages with a batch at each point between them.
struct node_stages {
  settings config;
  traffic source{1};
  connections open{limits_of(config)};
  redaction_policy policy{config.redaction.headers, config.redaction.keys};
  redaction_stats stats;
  process_table processes{1000, 5, no_proc};
  send_window window{{256, 65536, 64 << 20, 256, 256 << 10}};
  std::uint64_t acknowledged = 0;

  std::vector<exchange> paired() {
    auto out = std::vector<exchange>{};
    pair(open, decode(source.next_records()), out);
    return out;
  }

  void redact_all(std::vector<exchange>& exchanges) {
    for (auto& each : exchanges)
      redact(each, policy, stats);
  }

  void enrich_all(std::vector<exchange>& exchanges) {
    for (auto& each : exchanges)
      each.process = processes.find(each.connection.tgid, each.seen);
  }

  void deliver(std::vector<exchange> exchanges) {
    static_cast<void>(window.add({std::move(exchanges)}));
    while (auto batch = window.next())
      acknowledged = window.acknowledge(batch->number);
  }
};

void bench_node() {
  {
    auto source = traffic{1};
    measure(
        "ring: decode", [&] { return source.next_records(); },
        [](const auto& records) { static_cast<void>(decode(records)); });
  }
  {
    auto node = node_stages{};
    measure(
        "streams", [&] { return decode(node.source.next_records()); },
        [&](const chunk_batch& batch) {
          auto out = std::vector<exchange>{};
          pair(node.open, batch, out);
        });
  }
  auto node = node_stages{};
  measure("redaction", [&] { return node.paired(); }, [&](auto& exchanges) { node.redact_all(exchanges); });
  measure("enrichment", [&] { return node.paired(); }, [&](auto& exchanges) { node.enrich_all(exchanges); });
  measure("uplink", [&] { return node.paired(); }, [&](auto& exchanges) { node.deliver(std::move(exchanges)); });
  measure(
      "node: all of these", [&] { return node.source.next_records(); },
      [&](const auto& records) {
        auto out = std::vector<exchange>{};
        pair(node.open, decode(records), out);
        node.redact_all(out);
        node.enrich_all(out);
        node.deliver(std::move(out));
      });
}

void bench_readers() {
  auto node = node_stages{};
  auto content = inventory{{}};
  auto bytes_written = std::size_t{0};
  measure(
      "feed: JSON", [&] { return node.paired(); },
      [&](const auto& exchanges) {
        for (const auto& each : exchanges)
          bytes_written += exchange_json(each).size();
      });
  measure(
      "inventory", [&] { return node.paired(); },
      [&](const auto& exchanges) {
        for (const auto& each : exchanges)
          content.learn(each);
      });
  auto directory = std::filesystem::temp_directory_path() / ("cleartap-bench-" + std::to_string(getpid()));
  if (auto data = database::open(directory)) {
    auto number = std::uint64_t{0};
    measure(
        "store: one commit per batch",
        [&] {
          for (const auto& each : node.paired())
            content.learn(each);
          return commit_request{content.take_changed(), {{{"bench", 1}, ++number}}};
        },
        [&](const commit_request& changes) { static_cast<void>(data->commit(changes)); });
  }
  std::filesystem::remove_all(directory);
}

} // namespace

int main() {
  bench_node();
  bench_readers();
}
