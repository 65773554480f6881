// Uplink, intake, inventory and store as they are wired in a process, with a real database.
#include "actors/intake/intake_actor.hpp"
#include "actors/inventory/inventory_actor.hpp"
#include "actors/store/store_actor.hpp"
#include "actors/uplink/uplink_actor.hpp"
#include "test/actors/running_system.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <unistd.h>

using namespace cleartap;

namespace {

exchange get_user(int id) {
  auto what = exchange{};
  what.request.emplace();
  what.request->method = "GET";
  what.request->host = "shop.example";
  what.request->path = "/users/" + std::to_string(id);
  what.response.emplace();
  what.response->status = 200;
  return what;
}

struct fixture : running_system {
  std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("cleartap-delivery-" + std::to_string(getpid()));
  settings config;
  flow::actor_status uplink_status{"uplink", 0, "exchanges"};
  flow::ledger_status bodies_status{"bodies", 0, "body bytes"};
  flow::actor_status intake_status{"intake", 0, "exchanges"};
  flow::actor_status inventory_status{"inventory", 0, "exchanges"};
  flow::actor_status store_status{"store", 0, "rows"};
  flow::edge_status to_uplink{"enrichment", "uplink", "exchanges", 1, 256, 16, 64};
  flow::edge_status to_inventory;
  std::optional<database> data;
  std::optional<uplink_memory> memory;
  epoch_board epochs;
  uplink_actor up;
  intake_actor in;
  inventory_actor shard;
  store_actor keeper;

  explicit fixture(std::size_t batch_max = 256, std::size_t credit_max = 16, std::size_t queue_max = 64)
      : to_inventory{"intake", "inventory", "exchanges", 1, batch_max, credit_max, queue_max} {
    config.inventory.commit_interval = std::chrono::milliseconds{10};
    config.pipeline.inventory.actors = 1;
    std::filesystem::remove_all(directory);
    open();
    memory.emplace(config, sender_id{"node-1", 7});
    start_reconstructor();
    begin_uplink();
  }

  ~fixture() {
    self->send_exit(up, caf::exit_reason::kill);
    end_reconstructor();
    data.reset();
    std::filesystem::remove_all(directory);
  }

  void open() {
    auto opened = database::open(directory);
    REQUIRE(opened);
    data.emplace(std::move(*opened));
  }

  void start_reconstructor() {
    auto content = data->read();
    REQUIRE(content);
    keeper = system.spawn<caf::detached>(store, &store_status, &*data);
    shard = system.spawn(inventory_shard, &config, &inventory_status, content->rows);
    in = system.spawn(intake, &config, &intake_status, &to_inventory, &epochs, content->watermarks);
    self->send(in, flow::announcement<routed_batch>{&to_inventory, 0, shard, &inventory_status});
    self->send(in, std::size_t{0}, shard);
    self->send(in, keeper);
    if (up)
      self->send(up, caf::actor_cast<facade_actor>(in));
  }

  void begin_uplink() {
    if (up) {
      self->send_exit(up, caf::exit_reason::kill);
      self->wait_for(up);
    }
    up = system.spawn(uplink, &config, &uplink_status, &*memory, &bodies_status);
    self->send(up, caf::actor_cast<facade_actor>(in));
  }

  void end_reconstructor() {
    for (const auto& each :
         {caf::actor_cast<caf::actor>(in), caf::actor_cast<caf::actor>(shard), caf::actor_cast<caf::actor>(keeper)}) {
      self->send_exit(each, caf::exit_reason::kill);
      self->wait_for(each);
    }
  }

  void deliver(int first, int count) {
    auto batch = exchange_batch{};
    for (int i = 0; i < count; ++i)
      batch.exchanges.push_back(get_user(first + i));
    send(std::move(batch));
  }

  void send(exchange_batch batch) {
    auto path = std::make_shared<flow::lane>(to_uplink, &uplink_status, [] {});
    self->send(up, exchange_parcel{std::move(batch), flow::grant{path}});
  }

  std::uint64_t calls_in_store() {
    auto content = data->read();
    REQUIRE(content);
    auto loaded = inventory{{}};
    for (const auto& row : content->rows)
      REQUIRE(loaded.load(row));
    auto apis = loaded.apis();
    return apis.empty() ? 0 : apis[0].called;
  }
};

} // namespace

TEST_CASE("an acknowledged exchange is in the store") {
  auto test = fixture{};
  test.deliver(1, 3);
  REQUIRE(wait_until([&] { return test.uplink_status.out == 3; }));
  CHECK(test.calls_in_store() == 3);
  CHECK(test.uplink_status.queued == 0);
}

TEST_CASE("bodies beyond their rate stay behind, their exchanges are stored") {
  auto test = fixture{};
  auto large = get_user(1);
  large.response->body = {std::string(1000, 'x'), 1000, false};
  test.send({{large, large}});
  REQUIRE(wait_until([&] { return test.uplink_status.out == 2; }));
  CHECK(test.bodies_status.out == 2000);
  auto next = test.config;
  next.bodies.rate_max = 0;
  test.self->send(test.up, new_settings{&next});
  test.send({{large, large, get_user(2)}});
  REQUIRE(wait_until([&] { return test.uplink_status.out == 5; }));
  CHECK(test.calls_in_store() == 5);
  CHECK(test.bodies_status.in == 4000);
  CHECK(test.bodies_status.out == 2000);
  CHECK(test.bodies_status.dropped[static_cast<std::size_t>(flow::drop_reason::sampled)] == 2000);
}

TEST_CASE("a batch that comes twice is counted once") {
  auto test = fixture{};
  auto content = std::make_shared<const exchange_batch>(exchange_batch{{get_user(1)}});
  for (int i = 0; i < 2; ++i)
    test.self
        ->request(caf::actor_cast<facade_actor>(test.in), std::chrono::seconds{5},
                  numbered_batch{{"node-2", 1}, 1, content})
        .receive([](watermark_atom, std::uint64_t number) { CHECK(number == 1); },
                 [](const caf::error& error) { FAIL(to_string(error)); });
  CHECK(test.calls_in_store() == 1);
  CHECK(test.intake_status.dropped[static_cast<std::size_t>(flow::drop_reason::duplicate)] == 1);
}

TEST_CASE("a batch before its predecessor is refused") {
  auto test = fixture{};
  auto refused = false;
  test.self
      ->request(caf::actor_cast<facade_actor>(test.in), std::chrono::seconds{5},
                numbered_batch{{"node-2", 1}, 2, std::make_shared<const exchange_batch>(exchange_batch{{get_user(1)}})})
      .receive([](watermark_atom, std::uint64_t) {}, [&](const caf::error&) { refused = true; });
  CHECK(refused);
  CHECK(test.calls_in_store() == 0);
}

TEST_CASE("killed and begun again from the store, the reconstructor counts every exchange once") {
  auto test = fixture{};
  auto sent = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i, ++sent)
      test.deliver(sent, 1);
    test.end_reconstructor(); // with batches taken, not taken, and committed
    test.start_reconstructor();
  }
  REQUIRE(wait_until([&] { return test.uplink_status.out == 100; }));
  CHECK(test.calls_in_store() == 100);
}

TEST_CASE("killed in between, the uplink goes on in the same epoch and every exchange counts once") {
  auto test = fixture{};
  auto sent = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i, ++sent)
      test.deliver(sent, 1);
    REQUIRE(wait_until([&] { return test.uplink_status.in == static_cast<std::uint64_t>(sent); }));
    test.begin_uplink();
  }
  REQUIRE(wait_until([&] { return test.memory->window.totals().acknowledged == 100; }));
  CHECK(test.calls_in_store() == 100);
}

TEST_CASE("an epoch that is drained ends cleanly, with its ledger in the store") {
  auto test = fixture{};
  test.deliver(1, 3);
  test.self->send(test.up, drain_atom_v);
  test.self->wait_for(test.up);
  auto content = test.data->read();
  REQUIRE(content);
  REQUIRE(content->watermarks.size() == 1);
  const auto& mark = content->watermarks[0];
  CHECK(mark.end == epoch_end::clean);
  CHECK(mark.offered == 3);
  CHECK(mark.exchanges + mark.dropped == mark.offered);
  auto shown = std::vector<epoch_end>{};
  test.epochs.for_each([&](const watermark& each) { shown.push_back(each.end); });
  CHECK(shown == std::vector{epoch_end::clean});
}

TEST_CASE("without a reconstructor the end says what is lost, and counts it") {
  auto test = fixture{};
  test.end_reconstructor();
  test.self->send(test.up, facade_actor{});
  test.deliver(1, 4);
  test.self->send(test.up, drain_atom_v);
  test.self->wait_for(test.up);
  CHECK(test.uplink_status.dropped[static_cast<std::size_t>(flow::drop_reason::not_delivered)] == 4);
  CHECK(test.uplink_status.queued == 0);
  test.begin_uplink(); // the fixture ends it
}

TEST_CASE("more than all queues hold is learnt whole: the uplink waits, nothing is dropped behind it") {
  auto test = fixture{4, 1, 1};
  for (int i = 0; i < 200; ++i)
    test.deliver(i * 20, 20);
  REQUIRE(wait_until([&] { return test.uplink_status.out == 4000; }));
  CHECK(test.calls_in_store() == 4000);
  CHECK(test.to_inventory.dropped[static_cast<std::size_t>(flow::drop_reason::queue_full)] == 0);
}

namespace {

struct slow_shard_state {
  std::deque<flow::delivery<routed_batch>> held; // with their credit
};

/// Learns nothing and gives the credit of a parcel back when it is told to.
inventory_actor::behavior_type slow_shard(inventory_actor::stateful_pointer<slow_shard_state> self,
                                          flow::actor_status* status) {
  return {[self](drain_atom) { self->state.held.pop_front(); },
          [self, status](const flow::parcel<routed_batch>& parcel) {
            self->state.held.push_back(parcel.open());
            ++status->out;
          },
          [](collect_atom) { return changed_rows{}; },
          [](list_atom) { return api_summaries{}; },
          [](api_atom, const std::string&) { return api_summaries{}; },
          [](openapi_atom, const std::string&) { return std::string{}; }};
}

} // namespace

TEST_CASE("a commit that is due comes before what waits for credit") {
  auto test = fixture{};
  test.config.inventory.commit_interval = std::chrono::hours{1};
  auto status = flow::actor_status{"intake", 0, "exchanges"};
  auto shard_status = flow::actor_status{"inventory", 0, "exchanges"};
  auto edge = flow::edge_status{"intake", "inventory", "exchanges", 1, 256, 1, 64};
  auto epochs_shown = epoch_board{};
  auto overloaded = test.system.spawn(intake, &test.config, &status, &edge, &epochs_shown, std::vector<watermark>{});
  auto slow = test.system.spawn(slow_shard, &shard_status);
  test.self->send(overloaded, flow::announcement<routed_batch>{&edge, 0, slow, &shard_status});
  test.self->send(overloaded, std::size_t{0}, slow);
  test.self->send(overloaded, test.keeper);

  auto deliver = [&](std::uint64_t number, std::size_t size) {
    auto content = std::make_shared<exchange_batch>();
    content->exchanges.resize(size, get_user(1));
    return test.self->request(overloaded, std::chrono::seconds{10}, numbered_batch{{"node-2", 1}, number, content});
  };
  auto first = deliver(1, 1);     // takes the only credit
  auto second = deliver(2, 5000); // makes a commit due
  deliver(3, 1);
  REQUIRE(wait_until([&] { return status.in == 5002; }));
  CHECK(status.queued == 1); // the third
  test.self->send(slow, drain_atom_v);
  auto committed = std::uint64_t{0};
  auto take = [&](watermark_atom, std::uint64_t number) { committed = number; };
  auto fail = [](const caf::error&) { FAIL("no commit"); };
  first.receive(take, fail);
  second.receive(take, fail);
  CHECK(committed == 2);
  CHECK(wait_until([&] { return shard_status.out == 2; }));
  for (const auto& each : {caf::actor_cast<caf::actor>(overloaded), caf::actor_cast<caf::actor>(slow)}) {
    test.self->send_exit(each, caf::exit_reason::kill);
    test.self->wait_for(each);
  }
}

namespace {

/// Refuses the first batch it sees, takes what comes later.
facade_actor::behavior_type refuses_once(facade_actor::stateful_pointer<int> self) {
  using answer = caf::result<watermark_atom, std::uint64_t>;
  return {[](hello_atom, const sender_id&) -> answer { return {watermark_atom_v, 0}; },
          [self](const numbered_batch& batch) -> answer {
            if (self->state++ == 0)
              return caf::make_error(caf::sec::runtime_error, "not now");
            return {watermark_atom_v, batch.number};
          },
          [](const farewell&) -> answer { return {watermark_atom_v, 0}; }};
}

} // namespace

TEST_CASE("after a refusal the uplink tries again by itself") {
  auto test = running_system{};
  auto config = settings{};
  auto status = flow::actor_status{"uplink", 0, "exchanges"};
  auto edge = flow::edge_status{"enrichment", "uplink", "exchanges", 1, 256, 16, 64};
  auto memory = uplink_memory{config, sender_id{"node-1", 7}};
  auto bodies = flow::ledger_status{"bodies", 0, "body bytes"};
  auto up = test.system.spawn(uplink, &config, &status, &memory, &bodies);
  auto facade = test.system.spawn(refuses_once);
  test.self->send(up, facade);
  auto path = std::make_shared<flow::lane>(edge, &status, [] {});
  test.self->send(up, exchange_parcel{exchange_batch{{get_user(1), get_user(2)}}, flow::grant{path}});
  CHECK(wait_until([&] { return status.out == 2; }));
  for (const auto& each : {caf::actor_cast<caf::actor>(up), caf::actor_cast<caf::actor>(facade)})
    test.self->send_exit(each, caf::exit_reason::kill);
}
