#include "actors/status/status_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace cleartap;
using flow::drop_reason;

namespace {

/// The balance of the only stage.
std::int64_t balance_of(const flow::directory& all) {
  return boost::json::parse(losses_json(all)).at("stages").at(0).at("balance").to_number<std::int64_t>();
}

} // namespace

TEST_CASE("an empty directory is empty lists") {
  const auto all = flow::directory{};
  CHECK(actors_json(all) == R"({"actors":[]})");
  CHECK(topology_json(all) == R"({"edges":[]})");
  CHECK(losses_json(all) == R"({"stages":[],"figures":[]})");
}

TEST_CASE("an actor is told with its phase and its counts") {
  auto all = flow::directory{};
  auto& actor = all.add_actor("streams", 1, "bytes");
  actor.phase = flow::actor_phase::backing_off;
  actor.mailbox = 1;
  actor.messages_in = 2;
  actor.messages_out = 3;
  actor.restarts = 4;
  CHECK(actors_json(all) ==
        R"({"actors":[{"name":"streams","index":1,"phase":"backing_off","unit":"bytes","rate":0,"mailbox":1,)"
        R"("messages_in":2,"messages_out":3,"restarts":4}]})");
}

TEST_CASE("an edge is told with its limits, its counts and its drops by reason") {
  auto all = flow::directory{};
  all.add_actor("ring", 0, "bytes");
  auto& edge = all.add_edge("ring", "streams", "bytes", 2, 256, 16, 64);
  edge.offered = 1;
  edge.delivered = 2;
  edge.batches = 3;
  edge.under_way = 4;
  edge.waiting = 5;
  edge.drop(drop_reason::queue_full, 6);
  edge.drop(drop_reason::consumer_lost, 7);
  CHECK(
      topology_json(all) ==
      R"({"edges":[{"from":"ring","to":"streams","producers":1,"lanes":2,"batch_max":256,"credit_max":16,"queue_max":64,)"
      R"("unit":"bytes","rate":0,"offered":1,"delivered":2,"batches":3,"under_way":4,"waiting":5,"wanted":true,)"
      R"("dropped":{"queue_full":6,"consumer_lost":7},"dropped_rate":0}]})");
}

TEST_CASE("a stage at rest balances") {
  auto all = flow::directory{};
  auto& actor = all.add_actor("streams", 0, "bytes");
  actor.in = 100;
  actor.out = 70;
  actor.queued = 10;
  actor.drop(drop_reason::not_http, 15);
  actor.drop(drop_reason::limit, 5);
  CHECK(losses_json(all) == R"({"stages":[{"name":"streams","index":0,"unit":"bytes","in":100,"out":70,"queued":10,)"
                            R"("dropped":{"not_http":15,"limit":5},"dropped_rate":0,"balance":0}],"figures":[]})");
}

TEST_CASE("figures are summed over the shards, and only those that were counted are told") {
  static constexpr auto names = std::array<std::string_view, 3>{"head", "body", "idle"};
  auto all = flow::directory{};
  for (std::size_t shard = 0; shard < 2; ++shard) {
    auto& figures = all.add_figures("streams", shard, "limits_reached", names);
    figures.counts[0] = 2 + shard;
    figures.counts[2] = shard;
  }
  CHECK(boost::json::parse(losses_json(all)).at("figures") ==
        boost::json::parse(R"([{"actor":"streams","what":"limits_reached","counts":{"head":5,"idle":1}}])"));
}

TEST_CASE("a stage in which something is missing or double says how much") {
  auto all = flow::directory{};
  auto& actor = all.add_actor("streams", 0, "bytes");
  actor.in = 100;
  actor.out = 99;
  CHECK(balance_of(all) == 1);
  actor.drop(drop_reason::overlap, 3);
  CHECK(balance_of(all) == -2);
}

TEST_CASE("counts beyond a signed number still balance") {
  auto all = flow::directory{};
  auto& actor = all.add_actor("streams", 0, "bytes");
  actor.in = std::numeric_limits<std::uint64_t>::max();
  actor.out = std::numeric_limits<std::uint64_t>::max() - 8;
  CHECK(balance_of(all) == 8);
  actor.drop(drop_reason::limit, 8);
  CHECK(balance_of(all) == 0);
  actor.in = 1ull << 63;
  actor.out = (1ull << 63) - 1;
  CHECK(balance_of(all) == -7);
}

TEST_CASE("actors without a ledger are not among the stages") {
  auto all = flow::directory{};
  all.add_actor("admin", 0, "");
  all.add_actor("uplink", 0, "exchanges");
  const auto stages = boost::json::parse(losses_json(all)).at("stages").as_array();
  REQUIRE(stages.size() == 1);
  CHECK(stages[0].at("name").as_string() == "uplink");
  CHECK(boost::json::parse(actors_json(all)).at("actors").as_array().size() == 2);
}

TEST_CASE("a ledger that belongs to no actor is a stage of its own") {
  auto all = flow::directory{};
  auto& bodies = all.add_ledger("bodies", 0, "bytes");
  bodies.in = 50;
  bodies.out = 43;
  bodies.drop(drop_reason::sampled, 7);
  CHECK(losses_json(all) == R"({"stages":[{"name":"bodies","index":0,"unit":"bytes","in":50,"out":43,"queued":0,)"
                            R"("dropped":{"sampled":7},"dropped_rate":0,"balance":0}],"figures":[]})");
  CHECK(actors_json(all) == R"({"actors":[]})");
}

TEST_CASE("rates are those of the last seconds, to the thousandth") {
  constexpr auto start = std::chrono::steady_clock::time_point{} + std::chrono::hours{1};
  auto all = flow::directory{};
  auto& actor = all.add_actor("streams", 0, "bytes");
  auto& edge = all.add_edge("ring", "streams", "bytes", 2, 256, 16, 64);
  all.sample(start);
  actor.in = 4096;
  edge.delivered = 10;
  edge.drop(drop_reason::queue_full, 6);
  all.sample(start + std::chrono::seconds{3});
  const auto shown = boost::json::parse(pipeline_json(all, {}, {}));
  CHECK(shown.at("actors").at(0).at("rate").to_number<double>() == 1365.333);
  CHECK(shown.at("edges").at(0).at("rate").to_number<double>() == 3.333);
  CHECK(shown.at("edges").at(0).at("dropped_rate").to_number<double>() == 2);
}

TEST_CASE("the pipeline is the actors, the edges and the ledgers, as each is told alone") {
  auto all = flow::directory{};
  all.add_actor("streams", 1, "bytes").in = 5;
  all.add_edge("ring", "streams", "bytes", 2, 256, 16, 64);
  all.add_ledger("bodies", 0, "bytes");
  const auto shown = boost::json::parse(pipeline_json(all, {}, {})).as_object();
  CHECK(shown.size() == 4);
  CHECK(shown.at("actors") == boost::json::parse(actors_json(all)).at("actors"));
  CHECK(shown.at("edges") == boost::json::parse(topology_json(all)).at("edges"));
  CHECK(shown.at("stages") == boost::json::parse(losses_json(all)).at("stages"));
}

TEST_CASE("what is watched is told, or null where nothing is") {
  auto watched = watch_status{};
  CHECK(watched_json(&watched) == R"({"libraries":0,"processes":0,"scanned":false})");
  watched.libraries = 3;
  watched.processes = 17;
  watched.scanned = true;
  CHECK(watched_json(&watched) == R"({"libraries":3,"processes":17,"scanned":true})");
  CHECK(watched_json(nullptr) == R"({"libraries":null,"processes":null,"scanned":null})");
}

TEST_CASE("a reload tells what changed, or all that is wrong") {
  CHECK(reload_json(setting_changes{}) == R"({"applied":true,"changed":[],"problems":[]})");
  CHECK(reload_json(setting_changes{{"logLevel", "info", "debug"}, {"redaction.keys", "[]", "[\"pin\"]"}}) ==
        R"({"applied":true,"changed":[{"key":"logLevel","old":"info","new":"debug"},)"
        R"({"key":"redaction.keys","old":"[]","new":"[\"pin\"]"}],"problems":[]})");
  CHECK(reload_json(failure{"a: no\nb: no"}) == R"({"applied":false,"changed":[],"problems":["a: no","b: no"]})");
}
