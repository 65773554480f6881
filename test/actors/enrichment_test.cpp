// Enrichment between an edge of process events and one of exchanges.
#include "actors/enrichment/enrichment_actor.hpp"
#include "test/actors/running_system.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

constexpr auto excluded_pid = std::uint32_t{0x7ffffff0}; // no such process: /proc tells nothing of them
constexpr auto other_pid = std::uint32_t{0x7ffffff1};

struct fixture : running_system {
  settings config;
  flow::actor_status producer{"producer", 0, "exchanges"};
  flow::actor_status status{"enrichment", 0, "exchanges"};
  flow::edge_status from_ring{"ring", "enrichment", "events", 1, 256, 16, 64};
  flow::edge_status from_redaction{"redaction", "enrichment", "exchanges", 1, 256, 16, 64};
  flow::edge_status to_uplink{"enrichment", "uplink", "exchanges", 1, 256, 16, 64};
  flow::edge_status to_feed{"enrichment", "feed", "exchanges", 1, 256, 16, 64};
  flow::outlet<process_batch> events{from_ring, producer, [] {}};
  flow::outlet<exchange_batch> exchanges{from_redaction, producer, [] {}};
  process_board processes{[](std::uint32_t) { return std::optional<proc_facts>{}; }};
  enrichment_actor actor;

  explicit fixture(bool names_processes = true) {
    config.discovery.exclude = {"/opt/*"};
    config.process.enabled = names_processes;
    to_feed.wanted = false;
    actor = system.spawn(enrichment, static_cast<const settings*>(&config), &status,
                         enrichment_edges{&to_uplink, &to_feed}, &processes);
    events.attach({&from_ring, 0, caf::actor_cast<flow::sink<process_batch>>(actor), &status});
    exchanges.attach({&from_redaction, 0, caf::actor_cast<flow::sink<exchange_batch>>(actor), &status});
    runs(excluded_pid, "/opt/agent");
    runs(other_pid, "/usr/bin/curl");
    events.flush();
  }

  ~fixture() { self->send_exit(actor, caf::exit_reason::kill); }

  /// The exec is told first, with the name that its caller used.
  void runs(std::uint32_t pid, const std::string& path) {
    auto& batch = events.filling(0).events;
    batch.push_back({.kind = process_event_kind::exec, .at = kernel_time{20}, .pid = pid, .path = "./called-so"});
    batch.push_back({.kind = process_event_kind::program, .at = kernel_time{19}, .pid = pid, .path = path});
    events.filled(0);
  }

  void exchange_of(std::uint32_t pid) {
    auto what = exchange{};
    what.connection.tgid = pid;
    what.seen = kernel_time{30};
    exchanges.filling(0).exchanges.push_back(std::move(what));
    exchanges.filled(0);
    exchanges.flush();
  }

  std::uint64_t dropped() const { return status.dropped[static_cast<std::size_t>(flow::drop_reason::excluded)]; }
};

} // namespace

TEST_CASE("exchanges of an excluded program are dropped and counted, those of others go on") {
  for (auto names_processes : {true, false}) {
    INFO(names_processes);
    auto in = fixture{names_processes};
    for (auto pid : {excluded_pid, other_pid, excluded_pid})
      in.exchange_of(pid);
    CHECK(wait_until([&] { return in.status.out + in.dropped() == 3; }));
    CHECK(in.dropped() == 2);
    CHECK(in.status.out == 1);
    CHECK(in.status.in == 3);
  }
}

TEST_CASE("a program that is no longer excluded goes on from then on") {
  auto in = fixture{};
  in.exchange_of(excluded_pid);
  CHECK(wait_until([&] { return in.dropped() == 1; }));
  auto changed = in.config;
  changed.discovery.exclude.clear();
  in.self->send(in.actor, new_settings{&changed});
  in.exchange_of(excluded_pid);
  CHECK(wait_until([&] { return in.status.out == 1; }));
  CHECK(in.dropped() == 1);
}
