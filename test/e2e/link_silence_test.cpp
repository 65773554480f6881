// A reconstructor that is silent, slow or unreachable: noticed, and never felt by the host.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cleartap;
using namespace cleartap::support;

namespace {

using steady = std::chrono::steady_clock;

constexpr auto notice_max = 10s;
constexpr auto name = "s1.sniffer.test";

std::int64_t milliseconds_since(steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin).count();
}

std::int64_t waiting(const station& sniffer) { return number(stage_of(sniffer, "uplink"), "/queued"); }

/// How many of its requests a client got through per second until `over`.
template <class Condition>
double rate_while(const traffic& client, Condition over, std::chrono::milliseconds time_max) {
  auto begin = steady::now();
  auto before = client.answered();
  REQUIRE(wait_until(over, time_max));
  auto seconds = std::chrono::duration<double>(steady::now() - begin).count();
  return static_cast<double>(client.answered() - before) / seconds;
}

void check_all_arrived(const link_scene& in, traffic& client) {
  auto expected = client.stop();
  CHECK(difference(in, client.host(), expected) == "");
  auto uplink = stage_of(in.sniffers[0], "uplink");
  CHECK(number(uplink, "/balance") == 0);
  CHECK(text(uplink, "/dropped") == "{}");
}

void check_partition(std::chrono::seconds length) {
  auto in = link_scene{};
  auto& sniffer = in.sniffers[0];
  sniffer.settings().set("link.exchanges_max", "1000000");
  sniffer.settings().set("link.buffer_max", "1073741824");
  in.start();
  static_cast<void>(in.expect_session(name));
  auto client = traffic{in.web, unique_word() + ".example", 100};
  auto begin = steady::now();
  in.recon.where().unplug();
  CHECK(wait_until([&] { return session_of(in.recon, name).is_null() && !in.connected(sniffer); }, notice_max));
  auto noticed = milliseconds_since(begin);
  REQUIRE(wait_until([&] { return steady::now() - begin > length; }, length + 1s));
  CHECK(sniffer.running());
  auto buffered = waiting(sniffer);
  CHECK(buffered > 0);
  auto again = steady::now();
  in.recon.where().plug();
  CHECK(wait_until([&] { return in.connected(sniffer); }, notice_max));
  auto connected = milliseconds_since(again);
  CHECK(wait_until([&] { return waiting(sniffer) < buffered / 10; }, 30s));
  WARN("partition noticed after " << noticed << " ms; after its end connected in " << connected << " ms, " << buffered
                                  << " exchanges delivered in " << milliseconds_since(again) << " ms");
  check_all_arrived(in, client);
}

} // namespace

TEST_CASE("a stopped reconstructor is noticed within 10 s, slows no client, and gets everything when it goes on") {
  auto in = link_scene{};
  auto& sniffer = in.sniffers[0];
  in.start();
  auto client = traffic{in.web, unique_word() + ".example", 100};
  auto second = [begin = steady::now()] { return steady::now() - begin > 2s; };
  auto usual = rate_while(client, second, 5s);
  in.recon.signal(SIGSTOP);
  auto begin = steady::now();
  auto stopped = rate_while(client, [&] { return !in.connected(sniffer); }, notice_max);
  WARN("noticed after " << milliseconds_since(begin) << " ms; " << usual << " requests per second before, " << stopped
                        << " meanwhile, the slowest in " << client.slowest().count() << " ms");
  CHECK(stopped > usual / 2); // other work of this machine takes its part too
  CHECK(waiting(sniffer) > 0);
  in.recon.signal(SIGCONT);
  CHECK(wait_until([&] { return in.connected(sniffer); }, notice_max));
  check_all_arrived(in, client);
}

TEST_CASE("a full buffer drops the oldest that were never sent, counts them, and tells the reconstructor") {
  auto in = link_scene{};
  auto& sniffer = in.sniffers[0];
  sniffer.settings().set("link.batches_max", "4");
  sniffer.settings().set("link.exchanges_max", "256");
  in.start();
  auto client = traffic{in.web, unique_word() + ".example", 300};
  auto before = burden_of(sniffer.pid());
  in.recon.signal(SIGSTOP);
  CHECK(wait_until([&] { return number(stage_of(sniffer, "uplink"), "/dropped/buffer_full") > 500; }, 20s));
  CHECK(waiting(sniffer) <= 5 * 256);
  CHECK(burden_of(sniffer.pid()).memory <= before.memory + 64);
  in.recon.signal(SIGCONT);
  CHECK(wait_until([&] { return in.connected(sniffer); }));
  auto expected = client.stop();
  CHECK(wait_until([&] { return waiting(sniffer) < 256; }));
  auto later = traffic{in.web, unique_word() + ".example", 20};
  auto whole = later.stop();
  CHECK(wait_until([&] { return count_of(in.recon, later.host()) == counted{whole, whole}; }));
  auto epoch = epoch_of(sniffer);
  CHECK(number(stage_of(sniffer, "uplink"), "/balance") == 0);
  CHECK(sniffer.stop() == 0);
  auto ledger = epoch_of(in.recon, epoch);
  CHECK(text(ledger, "/end") == "clean");
  CHECK(number(ledger, "/dropped") > 500);
  CHECK(number(ledger, "/offered") == number(ledger, "/exchanges") + number(ledger, "/dropped"));
  CHECK(count_of(in.recon, client.host()).served < expected);
}

TEST_CASE("a partition of 15 s is noticed by both sides and loses nothing") { check_partition(15s); }

TEST_CASE("a partition of 150 s is noticed by both sides and loses nothing", "[.long]") { check_partition(150s); }
