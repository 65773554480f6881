#include "test/e2e/matrix.hpp"

#include "test/e2e/pair_check.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <memory>
#include <numeric>

namespace cleartap {

namespace {

using namespace support;

constexpr auto kib = std::size_t{1024};
constexpr auto connections_together = 3;

void opened_before(pair_check& check) {
  if (!check.holds_connections()) {
    check.open_watch();
    return;
  }
  auto plan = check.new_plan();
  for (auto i = 0; i < 2; ++i) {
    plan.connect();
    plan.get(100);
    plan.wait();
    plan.get(20 * kib);
    if (check.bodies())
      plan.post(20 * kib, writes::one, 100);
  }
  auto calling = check.start(plan);
  check.expect_waiting(plan, calling);
  check.open_watch();
  plan.go();
  check.finish_and_check("opened before cleartap", plan, calling, moment::before_cleartap);
}

void sizes(pair_check& check) {
  auto plan = check.new_plan();
  plan.connect();
  for (auto size : {100 * kib, 1024 * kib})
    for (auto way : {writes::one, writes::many}) {
      plan.get(size, way);
      check.connect_again(plan);
    }
  plan.get(0);
  if (check.bodies())
    for (auto size : {std::size_t{1}, 100 * kib, 256 * kib})
      for (auto way : {writes::one, writes::many}) {
        check.connect_again(plan);
        plan.post(size, way, 100);
      }
  check.run_and_check("sizes", plan, order::in_turn);
}

void together(pair_check& check) {
  auto plan = check.new_plan();
  for (auto i = 0; i < connections_together; ++i) {
    plan.connect();
    plan.get(100);
    if (check.holds_connections())
      plan.wait();
    for (auto j = 0; j < 3; ++j) {
      check.connect_again(plan);
      plan.get(30 * kib, writes::many);
      if (!check.bodies())
        continue;
      check.connect_again(plan);
      plan.post(30 * kib, writes::many, 1000);
    }
  }
  auto calling = check.start(plan);
  if (check.holds_connections())
    check.expect_waiting(plan, calling);
  plan.go();
  check.finish_and_check("together", plan, calling);
}

/// The next connection gets the memory of the one before.
void in_turn(pair_check& check) {
  auto plan = check.new_plan();
  for (auto i = 0; i < 10; ++i) {
    plan.connect();
    plan.get(1000);
    check.connect_again(plan);
    plan.get(500);
  }
  check.run_and_check("in turn", plan, order::in_turn);
}

void short_lived(pair_check& check) {
  for (auto i = 0; i < 10; ++i) {
    auto plan = check.new_plan();
    plan.connect();
    plan.get(1000);
    check.run_and_check("short-lived", plan);
  }
}

/// Where little is under way before a server has to wait.
descriptor network_of_small_buffers() {
  auto inside = private_network{};
  std::ofstream{"/proc/sys/net/ipv4/tcp_wmem"} << "4096 8192 8192";
  return descriptor{open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
}

void waiting_answers(pair_check& check) {
  auto plan = check.new_plan();
  for (auto i = 0; i < 8; ++i) {
    plan.connect();
    for (auto j = 0; j < 3; ++j)
      plan.get(1000 * kib, writes::many);
  }
  check.open_watch();
  check.run_and_check("waiting answers", plan);
}

void reloads(pair_check& check) {
  constexpr auto times = std::size_t{3};
  auto plans = std::vector<call_plan>{};
  auto calling = std::vector<std::unique_ptr<calling_program>>{};
  for (auto i = 0; i < connections_together; ++i) {
    plans.push_back(check.new_plan());
    for (auto j = 0; j < 40; ++j) {
      plans.back().connect();
      plans.back().get(10 * kib);
    }
  }
  check.open_watch();
  for (const auto& plan : plans)
    calling.emplace_back(new calling_program{check.start(plan, order::in_turn)});
  auto answered = [&] {
    return std::transform_reduce(calling.begin(), calling.end(), std::size_t{0}, std::plus{},
                                 [](const auto& each) { return each->answered(); });
  };
  for (auto time = std::size_t{1}; time <= times; ++time) {
    REQUIRE(wait_until([&] { return answered() >= 30 * time; }));
    check.signal_server(SIGHUP);
  }
  for (auto i = std::size_t{0}; i < plans.size(); ++i)
    check.finish_and_check("reloads", plans[i], *calling[i]);
  CHECK(check.workers().size() > static_cast<std::size_t>(check.server().workers));
}

} // namespace

void check_pair(const program& client, const program& server, const program_place& client_place,
                const program_place& server_place) {
  auto check = pair_check{client, server, client_place, server_place};
  opened_before(check);
  sizes(check);
  together(check);
  in_turn(check);
  short_lived(check);
  if (server.workers > 1 && !check.workers().contains(0))
    CHECK(check.workers().size() > 1);
  check.check_all_once();
}

void check_waiting_answers(const program& client, const program& server) {
  auto network = network_of_small_buffers();
  auto there = program_place{.network = network.get()};
  auto check = pair_check{client, server, there, there};
  waiting_answers(check);
  check.check_all_once();
}

void check_reloads(const program& client, const program& server) {
  auto check = pair_check{client, server};
  reloads(check);
  check.check_all_once();
}

} // namespace cleartap
