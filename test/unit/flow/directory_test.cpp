#include "actors/flow/directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <set>
#include <thread>
#include <vector>

using namespace cleartap::flow;

namespace {

constexpr auto reasons = static_cast<std::size_t>(drop_reason::count_);

bool is_metric_word(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

} // namespace

TEST_CASE("every drop reason has a name of its own that a metric's label can be") {
  auto names = std::set<std::string_view>{};
  for (std::size_t i = 0; i < reasons; ++i) {
    auto name = to_string(static_cast<drop_reason>(i));
    INFO(i);
    CHECK(is_metric_word(name));
    names.insert(name);
  }
  CHECK(names.size() == reasons);
}

TEST_CASE("names and reasons stand in the same order") {
  CHECK(to_string(drop_reason::ring_full) == "ring_full");
  CHECK(to_string(drop_reason::rate) == "rate");
  CHECK(to_string(drop_reason::paused) == "paused");
  CHECK(to_string(drop_reason::connections_full) == "connections_full");
  CHECK(to_string(drop_reason::threads_full) == "threads_full");
  CHECK(to_string(drop_reason::nested) == "nested");
  CHECK(to_string(drop_reason::processes_full) == "processes_full");
  CHECK(to_string(drop_reason::queue_full) == "queue_full");
  CHECK(to_string(drop_reason::consumer_lost) == "consumer_lost");
  CHECK(to_string(drop_reason::producer_lost) == "producer_lost");
  CHECK(to_string(drop_reason::not_http) == "not_http");
  CHECK(to_string(drop_reason::resync) == "resync");
  CHECK(to_string(drop_reason::read_fault) == "read_fault");
  CHECK(to_string(drop_reason::call_limit) == "call_limit");
  CHECK(to_string(drop_reason::unseen) == "unseen");
  CHECK(to_string(drop_reason::parse_error) == "parse_error");
  CHECK(to_string(drop_reason::limit) == "limit");
  CHECK(to_string(drop_reason::overlap) == "overlap");
  CHECK(to_string(drop_reason::malformed_event) == "malformed_event");
  CHECK(to_string(drop_reason::buffer_full) == "buffer_full");
  CHECK(to_string(drop_reason::not_delivered) == "not_delivered");
  CHECK(to_string(drop_reason::duplicate) == "duplicate");
  CHECK(to_string(drop_reason::not_learned) == "not_learned");
  CHECK(to_string(drop_reason::watcher_slow) == "watcher_slow");
  CHECK(to_string(drop_reason::sampled) == "sampled");
  CHECK(reasons == 27);
}

TEST_CASE("every phase has a name of its own") {
  CHECK(to_string(actor_phase::starting) == "starting");
  CHECK(to_string(actor_phase::running) == "running");
  CHECK(to_string(actor_phase::backing_off) == "backing_off");
  CHECK(to_string(actor_phase::draining) == "draining");
  CHECK(to_string(actor_phase::stopped) == "stopped");
  CHECK(to_string(actor_phase::failed) == "failed");
}

TEST_CASE("an actor begins at the start with nothing counted") {
  auto all = directory{};
  const auto& actor = all.add_actor("streams", 1, "bytes");
  CHECK(actor.name == "streams");
  CHECK(actor.index == 1);
  CHECK(actor.unit == "bytes");
  CHECK(actor.phase == actor_phase::starting);
  CHECK(actor.in + actor.out + actor.queued + actor.mailbox + actor.restarts == 0);
  for (const auto& units : actor.dropped)
    CHECK(units == 0);
}

TEST_CASE("a ledger beside the actors' is among the ledgers, not among the actors") {
  auto all = directory{};
  auto& bodies = all.add_ledger("bodies", 0, "bytes");
  all.add_actor("uplink", 0, "exchanges");
  all.add_actor("admin", 0, ""); // keeps none
  bodies.drop(drop_reason::sampled, 7);
  auto ledgers = std::vector<std::string>{};
  all.for_each_ledger([&](const ledger_status& each) { ledgers.push_back(each.name); });
  CHECK(ledgers == std::vector<std::string>{"uplink", "bodies"});
  auto actors = std::vector<std::string>{};
  all.for_each_actor([&](const actor_status& each) { actors.push_back(each.name); });
  CHECK(actors == std::vector<std::string>{"uplink", "admin"});
  CHECK(bodies.dropped[static_cast<std::size_t>(drop_reason::sampled)] == 7);
}

TEST_CASE("an edge keeps its limits and is wanted until someone says otherwise") {
  auto all = directory{};
  const auto& edge = all.add_edge("ring", "streams", "bytes", 2, 256, 16, 64);
  CHECK(edge.from == "ring");
  CHECK(edge.to == "streams");
  CHECK(edge.unit == "bytes");
  CHECK(edge.lanes == 2);
  CHECK(edge.batch_max == 256);
  CHECK(edge.credit_max == 16);
  CHECK(edge.queue_max == 64);
  CHECK(edge.wanted);
  CHECK(edge.offered + edge.delivered + edge.batches + edge.under_way + edge.waiting == 0);
}

TEST_CASE("a drop is counted under its reason alone") {
  auto all = directory{};
  auto& actor = all.add_actor("uplink", 0, "exchanges");
  actor.drop(drop_reason::ring_full, 1);    // the first
  actor.drop(drop_reason::watcher_slow, 7); // and the last
  actor.drop(drop_reason::watcher_slow, 5);
  auto sum = std::uint64_t{0};
  for (const auto& units : actor.dropped)
    sum += units;
  CHECK(actor.dropped[static_cast<std::size_t>(drop_reason::ring_full)] == 1);
  CHECK(actor.dropped[static_cast<std::size_t>(drop_reason::watcher_slow)] == 12);
  CHECK(sum == 13);
}

TEST_CASE("an edge counts its drops apart from other edges") {
  auto all = directory{};
  auto& first = all.add_edge("a", "b", "bytes", 1, 1, 1, 1);
  auto& second = all.add_edge("b", "c", "bytes", 1, 1, 1, 1);
  first.drop(drop_reason::queue_full, std::numeric_limits<std::uint32_t>::max());
  CHECK(first.dropped[static_cast<std::size_t>(drop_reason::queue_full)] == 4294967295);
  CHECK(second.dropped[static_cast<std::size_t>(drop_reason::queue_full)] == 0);
}

TEST_CASE("entries stay where they are while others are added") {
  auto all = directory{};
  auto& first = all.add_actor("ring", 0, "bytes");
  for (std::size_t i = 0; i < 1000; ++i)
    all.add_actor("streams", i, "bytes");
  first.in += 3;
  auto names = std::vector<std::string>{};
  auto in = std::uint64_t{0};
  all.for_each_actor([&](const actor_status& each) {
    names.push_back(each.name);
    in += each.in;
  });
  CHECK(names.size() == 1001);
  CHECK(names.front() == "ring");
  CHECK(in == 3);
}

TEST_CASE("counters are exact when several threads count") {
  auto all = directory{};
  auto& actor = all.add_actor("redaction", 0, "exchanges");
  auto threads = std::vector<std::thread>{};
  for (auto i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (auto n = 0; n < 10000; ++n)
        actor.drop(drop_reason::limit, 2);
    });
  for (auto& each : threads)
    each.join();
  CHECK(actor.dropped[static_cast<std::size_t>(drop_reason::limit)] == 80000);
}
