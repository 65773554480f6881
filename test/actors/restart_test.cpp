#include "actors/flow/continued_ledger.hpp"
#include "actors/streams/streams_actor.hpp"
#include "test/actors/running_system.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

using namespace cleartap;

namespace {

constexpr auto request = std::string_view{"GET /users/1 HTTP/1.1\r\nHost: shop.example\r\n\r\n"};

std::uint64_t accounted(const flow::actor_status& status) {
  auto sum = status.out.load() + status.queued.load();
  for (const auto& units : status.dropped)
    sum += units.load();
  return sum;
}

} // namespace

TEST_CASE("a shard that begins again counts what its predecessor held as lost, and its ledger goes on") {
  auto test = running_system{};
  auto config = settings{};
  auto status = flow::actor_status{"streams", 0, "bytes"};
  auto in = flow::edge_status{"ring", "streams", "bytes", 1, 256, 16, 64};
  auto out = flow::edge_status{"streams", "redaction", "exchanges", 1, 256, 16, 64};
  auto directory = flow::directory{};
  auto figures = add_stream_figures(directory, 0);
  auto path = std::make_shared<flow::lane>(in, &status, [] {});
  auto offset = std::uint64_t{0};
  auto send_request = [&](const streams_actor& shard) {
    auto batch = chunk_batch{};
    auto chunk = tls_chunk{.connection = {1, 2, kernel_time{3}}, .way = direction::outbound};
    chunk.offset = offset;
    chunk.size_original = chunk.size_captured = static_cast<std::uint32_t>(request.size());
    offset += request.size();
    batch.append(chunk, {reinterpret_cast<const std::uint8_t*>(request.data()), request.size()});
    test.self->send(shard, flow::parcel<chunk_batch>{std::move(batch), flow::grant{path}});
  };
  for (std::uint64_t life = 1; life <= 3; ++life) {
    auto shard = test.system.spawn(streams, &config, &status, figures, mute{}, &out);
    send_request(shard); // waits for its response when the shard dies
    REQUIRE(wait_until([&] { return status.in == life * request.size() && status.queued == request.size(); }));
    CHECK(accounted(status) == status.in);
    test.self->send_exit(shard, caf::exit_reason::kill);
    test.self->wait_for(shard);
  }
  CHECK(status.dropped[static_cast<std::size_t>(flow::drop_reason::consumer_lost)] == 2 * request.size());
}

TEST_CASE("what an actor had taken when it died is lost, what outlives it is not") {
  auto status = flow::ledger_status{"uplink", 0, "exchanges"};
  status.in = 10;
  status.out = 4;
  status.queued = 5;
  status.drop(flow::drop_reason::buffer_full, 1);
  flow::count_unfinished(status, 3);
  CHECK(status.queued == 3);
  CHECK(status.dropped[static_cast<std::size_t>(flow::drop_reason::consumer_lost)] == 2);
  flow::count_unfinished(status, 3);
  CHECK(status.dropped[static_cast<std::size_t>(flow::drop_reason::consumer_lost)] == 2);
}
