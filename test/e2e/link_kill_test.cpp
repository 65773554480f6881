// kill -9 of either side of the link under traffic.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;

namespace {

/// What a sniffer told of itself before it was killed.
struct killed_epoch {
  std::string name;
  std::int64_t acknowledged = 0;
};

/// Kills it while batches are under way, and starts it again.
void kill_reconstructor(link_scene& in, const traffic& client) {
  auto answered = client.answered();
  REQUIRE(wait_until([&] { return client.answered() > answered + 50 && in.connected(in.sniffers[0]); }, 20s));
  in.recon.kill();
  auto before = client.answered();
  REQUIRE(wait_until([&] { return client.answered() > before + 10; })); // and nobody is there to take it
  in.recon.start();
}

void check_reconstructor_kills(int kills) {
  auto in = link_scene{};
  auto& sniffer = in.sniffers[0];
  sniffer.settings().set("link.exchanges_max", "1000000");
  sniffer.settings().set("link.buffer_max", "1073741824");
  in.start();
  auto client = traffic{in.web, unique_word() + ".example", 200};
  for (auto i = 0; i < kills; ++i)
    kill_reconstructor(in, client);
  auto expected = client.stop();
  CHECK(difference(in, client.host(), expected) == "");
  CHECK(sniffer.running());
  CHECK(number(sniffer.ctl("connections"), "/reconstructor/connects") == kills + 1);
  auto uplink = stage_of(sniffer, "uplink");
  CHECK(number(uplink, "/balance") == 0);
  CHECK(text(uplink, "/dropped") == "{}");
  auto epoch = epoch_of(sniffer);
  CHECK(sniffer.stop() == 0);
  auto ledger = epoch_of(in.recon, epoch);
  CHECK(text(ledger, "/end") == "clean");
  CHECK(number(ledger, "/offered") == number(ledger, "/exchanges"));
  CHECK(number(ledger, "/dropped") == 0);
}

/// Kills the sniffer under traffic and starts another of the same name.
killed_epoch kill_sniffer(link_scene& in, const traffic& client) {
  auto& sniffer = in.sniffers[0];
  auto answered = client.answered();
  REQUIRE(wait_until([&] { return client.answered() > answered + 30 && in.connected(sniffer); }, 20s));
  auto epoch = killed_epoch{epoch_of(sniffer), number(stage_of(sniffer, "uplink"), "/out")};
  sniffer.kill();
  sniffer.start();
  return epoch;
}

void check_unclean(const link_scene& in, const killed_epoch& killed) {
  INFO(in.recon.log());
  CHECK(wait_until([&] { return text(epoch_of(in.recon, killed.name), "/end") == "unclean"; }));
  CHECK(number(epoch_of(in.recon, killed.name), "/exchanges") >= killed.acknowledged);
}

void check_sniffer_kills(int kills) {
  auto in = link_scene{};
  in.start();
  auto client = traffic{in.web, unique_word() + ".example", 200};
  for (auto i = 0; i < kills; ++i)
    check_unclean(in, kill_sniffer(in, client));
  // What the last one sees from its beginning on is whole, also when earlier ones held something.
  auto last = traffic{in.web, unique_word() + ".example", 200};
  REQUIRE(wait_until([&] { return last.answered() > 100; }));
  auto expected = last.stop();
  auto upper = client.stop();
  auto& sniffer = in.sniffers[0];
  auto epoch = epoch_of(sniffer);
  CHECK(wait_until([&] { return in.connected(sniffer); }));
  CHECK(sniffer.stop() == 0);
  CHECK(count_of(in.recon, last.host()) == counted{expected, expected});
  auto seen = count_of(in.recon, client.host());
  CHECK(seen.served <= upper);
  CHECK(seen.called <= upper);
  CHECK(seen.served > kills * 10);
  auto ledger = epoch_of(in.recon, epoch);
  CHECK(text(ledger, "/end") == "clean");
  CHECK(number(ledger, "/offered") == number(ledger, "/exchanges") + number(ledger, "/dropped"));
}

} // namespace

TEST_CASE("10 times kill -9 of the reconstructor under traffic lose nothing and double nothing") {
  check_reconstructor_kills(10);
}

TEST_CASE("100 times kill -9 of the reconstructor under traffic lose nothing and double nothing", "[.long]") {
  check_reconstructor_kills(100);
}

TEST_CASE("10 times kill -9 of the sniffer under traffic lose what it held, double nothing, and show") {
  check_sniffer_kills(10);
}

TEST_CASE("100 times kill -9 of the sniffer under traffic lose what it held, double nothing, and show", "[.long]") {
  check_sniffer_kills(100);
}
