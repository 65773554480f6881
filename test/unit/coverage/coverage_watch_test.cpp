#include "actors/coverage/coverage_watch.hpp"

#include "test/unit/coverage/hellos.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <utility>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

/// A network and a machine to fill in.
struct scene {
  std::vector<tls_hello> arriving;
  std::map<std::uint32_t, process_facts> running;
  std::map<std::uint64_t, socket_holder> sockets;
  std::vector<std::uint32_t> searches;
  std::set<std::uint32_t> skipped;
  std::chrono::steady_clock::time_point time{1h};

  hello_source hellos() {
    return {[this](const auto& visit) {
              for (auto& each : std::exchange(arriving, {}))
                visit(each);
            },
            [this](std::uint32_t gone, std::uint64_t cookie) -> std::optional<socket_holder> {
              searches.push_back(gone);
              auto found = sockets.find(cookie);
              return found == sockets.end() ? std::nullopt : std::optional{found->second};
            },
            [] { return hello_tally{5, 2}; },
            {},
            {}};
  }

  process_source processes() {
    return {[this](std::uint32_t pid) { return running.contains(pid); },
            [this](std::uint32_t pid) -> std::optional<process_facts> {
              auto found = running.find(pid);
              return found == running.end() ? std::nullopt : std::optional{found->second};
            },
            [](std::uint32_t pid) { return "stack of " + std::to_string(pid); }};
  }

  void hello(std::uint32_t pid, std::uint64_t cookie = 0, bool as_client = false) {
    arriving.push_back({.pid = pid,
                        .cookie = cookie,
                        .as_client = as_client,
                        .bytes = hellos::hello{.extensions = hellos::server_name("shop.example")}.record()});
  }

  void poll(coverage_watch& watch) {
    time += 1s;
    watch.poll(
        time, [](std::uint32_t) { return process_tls{}; }, [this](std::uint32_t pid) { return skipped.contains(pid); });
  }

  static coverage_report report(const coverage_watch& watch) {
    return watch.report(0s, [](std::uint32_t) { return process_tls{}; });
  }
};

} // namespace

TEST_CASE("a hello makes a row of its process, with what is known of it") {
  auto in = scene{};
  auto watch = coverage_watch{100, in.hellos(), in.processes()};
  in.running[7] = {.comm = "shop", .exe = "/bin/shop"};
  in.hello(7);
  in.poll(watch);
  auto report = in.report(watch);
  REQUIRE(report.rows.size() == 1);
  CHECK((report.rows[0].exe == "/bin/shop" && report.rows[0].server_name == "shop.example"));
  CHECK(report.rows[0].reason == "stack of 7");
  CHECK((report.hellos == 5 && report.hellos_lost == 2));
  CHECK(in.searches.empty());
}

TEST_CASE("a socket whose maker is gone, is init or is unknown belongs to who holds it") {
  auto maker = std::uint32_t{0};
  SECTION("gone") { maker = 99; }
  SECTION("init") { maker = 1; }
  SECTION("unknown") {}
  auto in = scene{};
  in.running[1] = {.comm = "init"};
  in.running[7] = {.comm = "shop"};
  in.sockets[55] = {7, "shop"};
  auto watch = coverage_watch{100, in.hellos(), in.processes()};
  in.hello(maker, 55);
  in.poll(watch);
  CHECK(in.searches == std::vector<std::uint32_t>{maker});
  CHECK(in.report(watch).rows.at(0).pid == 7);
}

TEST_CASE("a search is not made for each hello, and who is not found is counted") {
  auto in = scene{};
  auto watch = coverage_watch{100, in.hellos(), in.processes()};
  for (auto i = 0; i < 50; ++i)
    in.hello(0, 55);
  in.poll(watch);
  CHECK(in.searches.size() == 1);
  CHECK(in.report(watch).hellos_unassigned == 50);
  CHECK(in.report(watch).rows.empty());
}

TEST_CASE("a client that has ended is who sent the hello") {
  auto in = scene{};
  auto watch = coverage_watch{100, in.hellos(), in.processes()};
  in.hello(99, 55, true);
  in.poll(watch);
  CHECK(in.searches.empty());
  CHECK(in.report(watch).rows.at(0).pid == 99);
}

TEST_CASE("what cannot be read is counted, and cleartap's own left out") {
  auto in = scene{};
  auto watch = coverage_watch{100, in.hellos(), in.processes()};
  in.hello(7);
  in.arriving.back().bytes.resize(20);
  in.skipped.insert(8);
  in.running[8] = {};
  in.hello(8);
  in.poll(watch);
  CHECK(in.report(watch).rows.empty());
  CHECK(in.report(watch).hellos_unreadable == 1);
}

TEST_CASE("without a view of the network the reason is told") {
  auto in = scene{};
  auto source = hello_source{};
  source.wire_complaint = "no permission";
  auto watch = coverage_watch{100, source, in.processes()};
  in.poll(watch);
  CHECK(in.report(watch).wire_complaint == "no permission");
}
