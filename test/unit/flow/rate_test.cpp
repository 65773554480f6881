#include "actors/flow/rate.hpp"

#include "actors/flow/directory.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap::flow;
using namespace std::chrono_literals;

namespace {

constexpr auto start = std::chrono::steady_clock::time_point{} + 1h;

/// The only edge's or ledger's figures.
double edge_rate(const directory& all) {
  auto found = 0.0;
  all.for_each_edge([&](const edge_status& edge) { found = edge.delivered_rate.per_second(); });
  return found;
}

} // namespace

TEST_CASE("one reading tells no rate") {
  auto speed = rate{};
  CHECK(speed.per_second() == 0);
  speed.sample(1'000'000, start);
  CHECK(speed.per_second() == 0);
}

TEST_CASE("two readings tell the rate between them") {
  auto speed = rate{};
  speed.sample(1000, start);
  speed.sample(1500, start + 1s);
  CHECK(speed.per_second() == 500);
  speed.sample(1500, start + 2s);
  CHECK(speed.per_second() == 250);
}

TEST_CASE("only the last spans count") {
  auto speed = rate{};
  for (auto second = 0; second < 100; ++second)
    speed.sample(static_cast<std::uint64_t>(second) * 1000, start + second * 1s);
  CHECK(speed.per_second() == 1000);
  for (std::size_t i = 0; i < rate::spans_max; ++i)
    speed.sample(99000, start + 100s + static_cast<int>(i) * 1s);
  CHECK(speed.per_second() == 0);
}

TEST_CASE("the length of the spans does not matter") {
  auto speed = rate{};
  speed.sample(0, start);
  speed.sample(100, start + 500ms);
  speed.sample(1000, start + 5s); // late
  CHECK(speed.per_second() == 200);
}

TEST_CASE("a second reading of the same moment changes nothing") {
  auto speed = rate{};
  speed.sample(0, start);
  speed.sample(7, start);
  CHECK(speed.per_second() == 0);
  speed.sample(10, start + 1s);
  speed.sample(20, start + 1s);
  CHECK(speed.per_second() == 10);
}

TEST_CASE("the directory's rates are those of what edges delivered and dropped") {
  auto all = directory{};
  auto& edge = all.add_edge("ring", "streams", "bytes", 2, 256, 16, 64);
  all.sample(start);
  edge.delivered += 300;
  edge.drop(drop_reason::queue_full, 20);
  edge.drop(drop_reason::consumer_lost, 10);
  all.sample(start + 1s);
  CHECK(edge_rate(all) == 300);
  CHECK(edge.dropped_rate.per_second() == 30);
  all.sample(start + 2s);
  all.sample(start + 3s);
  all.sample(start + 4s);
  CHECK(edge_rate(all) == 0);
  CHECK(edge.dropped_rate.per_second() == 0);
}

TEST_CASE("the directory's rates are those of what actors and other ledgers took in and dropped") {
  auto all = directory{};
  auto& actor = all.add_actor("streams", 1, "bytes");
  auto& bodies = all.add_ledger("bodies", 0, "bytes");
  all.sample(start);
  actor.in += 8;
  bodies.in += 6;
  bodies.drop(drop_reason::sampled, 4);
  all.sample(start + 2s);
  CHECK(actor.in_rate.per_second() == 4);
  CHECK(actor.dropped_rate.per_second() == 0);
  CHECK(bodies.in_rate.per_second() == 3);
  CHECK(bodies.dropped_rate.per_second() == 2);
}
