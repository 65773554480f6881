// A cleartap that cannot go on ends with the reason; one that is told to end does so in order and in time.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cleartap;
using namespace cleartap::support;

namespace {

constexpr auto restarts_max = 5; // in a minute
constexpr auto end_time_max = 5s;

command restart(const station& of, const std::string& actor) { return of.settings().with({"ctl", "restart", actor}); }

/// Kills the actor until the process gives up.
void check_fatal(station& of, const std::string& actor) {
  INFO(actor);
  auto there = of.where().enter();
  for (auto i = 0; i < restarts_max; ++i)
    REQUIRE(run(restart(of, actor)).status == 0);
  auto last = child{restart(of, actor)};
  CHECK(of.wait(end_time_max) == 1);
  CHECK(last.wait() == 1);
  auto reason = "cleartap: " + actor + "[0] failed more than 5 times in 60 s, the last time because: it was killed\n";
  INFO(of.log());
  CHECK(of.log().find(reason) != std::string::npos);
}

/// Until all of what the client saw so far has arrived and more is under way.
void let_flow(const station& recon, const traffic& client) {
  REQUIRE(wait_until([&] { return count_of(recon, client.host()).called > 50; }, 20s));
}

} // namespace

TEST_CASE("standalone: an actor that dies too often ends the process with the reason") {
  auto home = temporary_directory{};
  auto network = machine_network{1};
  for (const auto* actor : {"ring", "store", "page"}) {
    auto tap = station{"standalone", network[0], home.path() / actor};
    tap.start();
    check_fatal(tap, actor);
  }
}

TEST_CASE("a reconstructor and a sniffer end with the reason, also under traffic, and the other side goes on") {
  auto in = link_scene{};
  in.start();
  auto client = traffic{in.web, unique_word() + ".example", 200};
  let_flow(in.recon, client);
  check_fatal(in.recon, "intake");
  CHECK(in.sniffers[0].running());
  in.recon.start();
  REQUIRE(wait_until([&] { return in.connected(in.sniffers[0]); }));
  check_fatal(in.sniffers[0], "uplink");
  CHECK(in.recon.running());
  in.sniffers[0].start();
  auto later = traffic{in.web, unique_word() + ".example", 200};
  let_flow(in.recon, later);
}

TEST_CASE("a sniffer whose reconstructor does not answer ends with the reason") {
  auto in = link_scene{};
  in.start();
  in.network[0].unplug();
  check_fatal(in.sniffers[0], "connector");
}

TEST_CASE("both sides end in order under traffic, and all that the sniffer saw is stored") {
  auto in = link_scene{};
  in.start();
  auto& tap = in.sniffers[0];
  auto client = traffic{in.web, unique_word() + ".example", 200};
  let_flow(in.recon, client);
  auto epoch = epoch_of(tap);
  tap.signal(SIGTERM);
  CHECK(tap.wait(end_time_max) == 0);
  auto ledger = epoch_of(in.recon, epoch);
  CHECK(text(ledger, "/end") == "clean");
  CHECK(number(ledger, "/offered") == number(ledger, "/exchanges") + number(ledger, "/dropped"));
  CHECK(number(ledger, "/dropped") == 0);
  tap.start();
  REQUIRE(wait_until([&] { return in.connected(tap); }));
  in.recon.signal(SIGTERM);
  CHECK(in.recon.wait(end_time_max) == 0);
}

TEST_CASE("without a reconstructor a sniffer ends in time and says what is lost, however often it is told to") {
  auto in = link_scene{};
  in.start();
  auto& tap = in.sniffers[0];
  auto client = traffic{in.web, unique_word() + ".example", 200};
  let_flow(in.recon, client);
  in.network[0].unplug();
  auto answered = client.answered();
  REQUIRE(wait_until([&] { return client.answered() > answered + 50; }));
  auto begin = std::chrono::steady_clock::now();
  auto ended = wait_until(
      [&] {
        tap.signal(SIGTERM);
        return !tap.running();
      },
      end_time_max);
  CHECK(ended);
  CHECK(tap.wait(0s) == 0);
  CHECK(std::chrono::steady_clock::now() - begin < end_time_max);
  auto log = tap.log();
  INFO(log);
  auto told = log.find(" exchanges are lost: the reconstructor did not take them before the end");
  REQUIRE(told != std::string::npos);
  auto count = log.substr(0, told);
  CHECK(std::stoll(count.substr(count.rfind(' ') + 1)) >= 100); // both sides of what was called meanwhile
}
