// Every kind of actor is killed under traffic: it runs again, the stream goes on, and what was lost is counted.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

constexpr auto calls_per_second = 200;

using kinds = std::vector<std::string>;

const auto capturing = kinds{"rescan", "probes", "ring", "streams"};
const auto passing_on = kinds{"redaction", "enrichment", "feed", "uplink"};
const auto storing = kinds{"intake", "inventory", "store", "page"};
const auto serving = kinds{"admin", "metrics"};

kinds all_of(std::initializer_list<kinds> lists) {
  auto all = std::set<std::string>{};
  for (const auto& list : lists)
    all.insert(list.begin(), list.end());
  return {all.begin(), all.end()};
}

kinds kinds_of(const station& of) {
  auto all = std::set<std::string>{};
  auto answer = of.ctl("actors");
  for (const auto& actor : answer.at("actors").as_array())
    all.insert(text(actor, "/name"));
  return {all.begin(), all.end()};
}

std::int64_t dropped(const value& entry) {
  auto units = std::int64_t{0};
  for (const auto& [reason, count] : entry.at("dropped").as_object())
    units += count.to_number<std::int64_t>();
  return units;
}

/// What the ring must have got: of what the kernel could not copy, the size goes on.
std::int64_t announced(const value& probes) {
  auto bytes = number(probes, "/out");
  for (const auto* reason : {"/dropped/read_fault", "/dropped/call_limit"})
    bytes += std::max(number(probes, reason), std::int64_t{0});
  return bytes;
}

/// What does not add up in a process's ledgers and edges, or is still under way. What waits in streams are calls of
/// others that nobody has answered yet.
std::string unsettled(const station& of) {
  auto wrong = std::string{};
  auto from_kernel = std::int64_t{0};
  auto into_ring = std::int64_t{0};
  auto losses = of.ctl("losses");
  for (const auto& stage : losses.at("stages").as_array()) {
    auto name = text(stage, "/name");
    if (number(stage, "/balance") != 0 || (number(stage, "/queued") != 0 && name != "streams"))
      wrong += serialize(stage) + "\n";
    from_kernel += name == "probes" ? announced(stage) : 0;
    into_ring += name == "ring" ? number(stage, "/in") : 0;
  }
  if (from_kernel != into_ring)
    wrong += "from the kernel " + std::to_string(from_kernel) + ", ring.in " + std::to_string(into_ring) + "\n";
  auto topology = of.ctl("topology");
  for (const auto& edge : topology.at("edges").as_array())
    if (number(edge, "/offered") != number(edge, "/delivered") + dropped(edge) || number(edge, "/waiting") != 0 ||
        number(edge, "/under_way") != 0)
      wrong += serialize(edge) + "\n";
  return wrong;
}

/// Others on this machine go on talking: while capture is paused nothing new comes of them.
void check_settled(const station& of, bool captures = true) {
  if (captures)
    static_cast<void>(of.ctl("pause"));
  auto last = std::string{};
  static_cast<void>(wait_until([&] { return (last = unsettled(of)).empty(); }, 20s));
  CHECK(last == "");
  if (captures)
    static_cast<void>(of.ctl("resume"));
}

/// Exchanges that were counted as lost between streams and the reconstructor; those of watchers left out.
std::int64_t lost_exchanges(const station& tap) {
  auto units = std::int64_t{0};
  auto topology = tap.ctl("topology");
  for (const auto& edge : topology.at("edges").as_array())
    for (const auto* to : {"redaction", "enrichment", "uplink"})
      units += text(edge, "/to") == to && text(edge, "/unit") == "exchanges" ? dropped(edge) : 0;
  auto losses = tap.ctl("losses");
  for (const auto& stage : losses.at("stages").as_array())
    for (const auto* name : {"redaction", "enrichment", "uplink"})
      units += text(stage, "/name") == name ? dropped(stage) : 0;
  return units;
}

/// Bytes that were lost before they were exchanges, which only happens if this machine is busy or what captures dies.
std::int64_t lost_bytes(const station& tap) {
  auto bytes = std::int64_t{0};
  auto topology = tap.ctl("topology");
  for (const auto& edge : topology.at("edges").as_array())
    bytes += text(edge, "/to") == "streams" ? dropped(edge) : 0;
  auto losses = tap.ctl("losses");
  for (const auto& stage : losses.at("stages").as_array())
    for (const auto* reason : {"ring_full", "read_fault", "resync", "consumer_lost"})
      if (text(stage, "/unit") == "bytes")
        bytes += std::max(number(stage, std::string{"/dropped/"} + reason), std::int64_t{0});
  return bytes;
}

/// Calls under a name of its own until both sides of one are in the inventory.
void check_flow(const web_server& web, const station& stores) {
  auto host = unique_word() + ".example";
  auto arrived = [&] {
    static_cast<void>(fetch(web.url("/echo/after"), {"-H", "Host: " + host}));
    auto known = count_of(stores, host);
    return known.called > 0 && known.served > 0;
  };
  CHECK(wait_until(arrived, 20s));
}

/// After the last restart nothing is lost: as many as were made are known, on both sides.
void check_whole(const web_server& web, const station& stores) {
  auto host = unique_word() + ".example";
  REQUIRE(run(curl(web.url("/echo/whole/[1-100]"), {"-H", "Host: " + host})).status == 0);
  static_cast<void>(wait_until([&] { return count_of(stores, host) == counted{100, 100}; }));
  CHECK(count_of(stores, host).called == 100);
  CHECK(count_of(stores, host).served == 100);
}

std::int64_t restarts_of(const station& of, const std::string& kind) {
  auto answer = of.ctl("actors");
  for (const auto& actor : answer.at("actors").as_array())
    if (text(actor, "/name") == kind && number(actor, "/index") == 0)
      return number(actor, "/restarts");
  return -1;
}

void check_restart(const station& of, const std::string& kind) {
  auto before = restarts_of(of, kind);
  auto there = of.where().enter();
  auto done = run(of.settings().with({"ctl", "restart", kind + "[0]", "--json"}));
  INFO(done.complaints);
  REQUIRE(done.status == 0);
  CHECK(number(boost::json::parse(done.output), "/restarts") == before + 1);
}

/// Kills one actor after the other while the client calls; after each, a call made later must arrive.
void kill_each(const station& of, const kinds& which, const web_server& web, const station& stores,
               const traffic& client) {
  for (const auto& kind : which) {
    auto answered = client.answered();
    REQUIRE(wait_until([&] { return client.answered() > answered + 20; }));
    INFO(kind);
    check_restart(of, kind);
    check_flow(web, stores);
  }
}

/// For kills of what handles whole exchanges: what the client counts is known, or counted as lost. An exchange has at
/// least `exchange_bytes_min` bytes.
void check_counted(const traffic& client, std::int64_t made, const station& tap, const station& stores) {
  auto accounted = [&] {
    auto known = count_of(stores, client.host());
    return known.called + known.served + lost_exchanges(tap);
  };
  constexpr auto exchange_bytes_min = 150;
  auto missing = [&] { return 2 * made - accounted(); };
  static_cast<void>(wait_until([&] { return missing() <= 0; }));
  auto known = count_of(stores, client.host());
  INFO("called " << known.called << ", served " << known.served << ", lost " << lost_exchanges(tap));
  CHECK(missing() * exchange_bytes_min <= lost_bytes(tap));
  CHECK(known.called <= made); // and nothing twice
  CHECK(known.served <= made);
}

/// No response may be shown with another request than its own, whatever was missing in between.
void check_pairs(watcher& watch, const std::string& host) {
  auto shown = watch.seen([&](const value& each) { return text(each, "/request/host") == host; });
  CHECK(shown.size() > 100);
  for (const auto& each : shown) {
    auto user = text(each, "/request/path").substr(std::string_view{"/users/"}.size());
    if (text(each, "/response/status") == "200" && text(each, "/quality") == "complete")
      CHECK(body(each, "/response").starts_with("{\"id\":" + user + ","));
  }
}

struct alone {
  temporary_directory home;
  web_server web;
  machine_network network{1};
  station tap{"standalone", network[0], home.path() / "tap"};

  alone() {
    tap.start();
    check_flow(web, tap);
  }
};

} // namespace

TEST_CASE("standalone: every actor behind the streams is killed, and what is not known is counted as lost") {
  auto in = alone{};
  CHECK(kinds_of(in.tap) == all_of({capturing, passing_on, storing, serving}));
  auto client = traffic{in.web, unique_word() + ".example", calls_per_second};
  for (const auto& which : {passing_on, storing, serving})
    kill_each(in.tap, which, in.web, in.tap, client);
  auto made = client.stop();
  check_settled(in.tap);
  check_counted(client, made, in.tap, in.tap);
  check_whole(in.web, in.tap);
  CHECK(in.tap.stop() == 0);
}

TEST_CASE("standalone: what captures is killed, bytes balance, and no response meets another's request", "[.long]") {
  auto in = alone{};
  auto watch = [&] {
    auto there = in.tap.where().enter();
    return watcher{in.tap.settings()};
  }();
  auto client = traffic{in.web, unique_word() + ".example", calls_per_second};
  for (auto round = 0; round < 3; ++round)
    kill_each(in.tap, capturing, in.web, in.tap, client);
  auto made = client.stop();
  check_settled(in.tap);
  auto known = count_of(in.tap, client.host());
  CHECK(known.called <= made);
  CHECK(known.served <= made);
  check_pairs(watch, client.host());
  check_whole(in.web, in.tap);
  CHECK(in.tap.stop() == 0);
}

TEST_CASE("a sniffer and its reconstructor: every actor of both is killed, and what is not known is counted as lost",
          "[.long]") {
  auto in = link_scene{};
  in.start();
  auto& tap = in.sniffers[0];
  const auto connecting = kinds{"connector"};
  const auto listening = kinds{"listener"};
  CHECK(kinds_of(tap) == all_of({capturing, passing_on, connecting, serving}));
  CHECK(kinds_of(in.recon) == all_of({listening, storing, serving}));
  check_flow(in.web, in.recon);
  auto client = traffic{in.web, unique_word() + ".example", calls_per_second};
  for (const auto& which : {passing_on, connecting, serving})
    kill_each(tap, which, in.web, in.recon, client);
  for (const auto& which : {listening, storing, serving})
    kill_each(in.recon, which, in.web, in.recon, client);
  auto made = client.stop();
  check_settled(tap);
  check_settled(in.recon, false);
  check_counted(client, made, tap, in.recon);
  auto more = traffic{in.web, unique_word() + ".example", calls_per_second};
  kill_each(tap, capturing, in.web, in.recon, more);
  more.stop();
  check_settled(tap);
  check_whole(in.web, in.recon);
  CHECK(tap.stop() == 0);
  CHECK(in.recon.stop() == 0);
}
