#include "actors/flow/outlet.hpp"
#include "test/actors/running_system.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using flow::drop_reason;

namespace {

using exchange_sink = flow::sink<exchange_batch>;

/// Keeps what it takes until told to finish, so that the test decides when credit goes back.
struct holder_state {
  std::vector<flow::delivery<exchange_batch>> held;
};
using holder_actor = exchange_sink::extend<caf::reacts_to<tick_atom>>;

holder_actor::behavior_type holder(holder_actor::stateful_pointer<holder_state> self) {
  return {
      [self](const exchange_parcel& parcel) { self->state.held.push_back(parcel.open()); },
      [self](tick_atom) { self->state.held.clear(); },
  };
}

struct fixture : running_system {
  flow::edge_status edge{"streams", "redaction", "exchanges", 1, /*batch_max*/ 2, /*credit_max*/ 3, /*queue_max*/ 4};
  flow::actor_status producer{"streams", 0, "bytes"};
  flow::actor_status consumer{"redaction", 0, "exchanges"};
  std::atomic<int> wakes{0};
  flow::outlet<exchange_batch> out{edge, producer, [this] { ++wakes; }};
  holder_actor target = system.spawn(holder);

  ~fixture() { self->send_exit(target, caf::exit_reason::kill); }

  void attach() { out.attach({&edge, 0, target, &consumer}); }

  void add(int exchanges) {
    for (int i = 0; i < exchanges; ++i) {
      out.filling(0).exchanges.emplace_back();
      out.filled(0);
    }
    out.flush();
  }

  std::uint64_t dropped(drop_reason reason) { return edge.dropped[static_cast<std::size_t>(reason)]; }
};

} // namespace

TEST_CASE("a batch goes out when it is full, and the rest with a flush") {
  auto test = fixture{};
  test.attach();
  test.add(5);
  CHECK(wait_until([&] { return test.edge.delivered == 5; }));
  CHECK(test.edge.batches == 3);
  CHECK(test.consumer.in == 5);
  CHECK(test.consumer.messages_in == 3);
  CHECK(test.consumer.mailbox == 0);
}

TEST_CASE("what is beyond the credit waits, and what is beyond the queue is dropped and counted") {
  auto test = fixture{};
  test.attach();
  test.add(20); // ten batches: three under way, four wait, three have no room
  CHECK(wait_until([&] { return test.edge.delivered == 6; }));
  CHECK(test.edge.under_way == 3);
  CHECK(test.edge.waiting == 8);
  CHECK(test.dropped(drop_reason::queue_full) == 6);
  CHECK(test.edge.offered == test.edge.delivered + test.edge.waiting + test.dropped(drop_reason::queue_full));
  CHECK(test.out.congested());
}

TEST_CASE("credit that comes back wakes the producer, which then sends what waits") {
  auto test = fixture{};
  test.attach();
  test.add(14);
  REQUIRE(wait_until([&] { return test.edge.delivered == 6; }));
  test.self->send(test.target, tick_atom_v);
  REQUIRE(wait_until([&] { return test.wakes > 0; }));
  REQUIRE(wait_until([&] { return test.edge.under_way == 0; }));
  test.out.pump();
  CHECK(wait_until([&] { return test.edge.delivered == 12; }));
  CHECK(test.edge.waiting == 2);
}

TEST_CASE("a consumer that dies gives all credit back, and what it had not taken is counted as lost") {
  auto test = fixture{};
  test.attach();
  test.self->send_exit(test.target, caf::exit_reason::kill);
  test.add(6);
  CHECK(wait_until([&] { return test.edge.under_way == 0; }));
  CHECK(wait_until([&] { return test.edge.delivered + test.dropped(drop_reason::consumer_lost) == 6; }));
  CHECK(test.consumer.mailbox == 0);
}

TEST_CASE("before there is a consumer, and while it restarts, batches wait for it") {
  auto test = fixture{};
  test.add(4);
  CHECK(test.edge.waiting == 4);
  test.attach();
  CHECK(wait_until([&] { return test.edge.delivered == 4; }));
  CHECK(test.edge.waiting == 0);
}

TEST_CASE("a retained grant goes back only when nothing waits any more") {
  auto test = fixture{};
  auto upstream_edge = flow::edge_status{"ring", "streams", "bytes", 1, 1, 1, 1};
  auto upstream = std::make_shared<flow::lane>(upstream_edge, nullptr, [] {});
  test.attach();
  test.add(8);
  test.out.retain(flow::grant{upstream});
  CHECK(upstream_edge.under_way == 1);
  REQUIRE(wait_until([&] { return test.edge.delivered == 6; }));
  test.self->send(test.target, tick_atom_v);
  REQUIRE(wait_until([&] { return test.edge.under_way == 0; }));
  test.out.pump();
  CHECK(upstream_edge.under_way == 0);
  test.out.retain(flow::grant{upstream});
  CHECK(upstream_edge.under_way == 0);
}

TEST_CASE("a producer that dies counts what still waited, and nothing waits any more") {
  auto test = fixture{};
  {
    auto dying = flow::outlet<exchange_batch>{test.edge, test.producer, [] {}};
    for (int i = 0; i < 3; ++i) {
      dying.filling(0).exchanges.emplace_back();
      dying.filled(0);
    }
    CHECK(test.edge.waiting == 2); // the third is alone in a batch that is not full
  }
  CHECK(test.edge.waiting == 0);
  CHECK(test.edge.offered == 3);
  CHECK(test.dropped(drop_reason::producer_lost) == 3);
}
