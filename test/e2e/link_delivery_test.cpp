// What arrives twice, out of order, with gaps or in halves, as the wire brings it.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;

TEST_CASE("batches that come twice, out of order or in halves are counted once each") {
  auto in = link_scene{};
  auto name = std::string{"raw.sniffer.test"};
  in.pki.make({name});
  in.recon.start();
  auto authority = unique_word() + ".example";
  auto findings = in.play("batches", {in.pki.chain(name), in.pki.key(name), name, authority});
  REQUIRE(findings.size() > 10);
  auto summary = findings.back();
  findings.pop_back();
  for (const auto& each : findings) {
    INFO(text(each, "/step"));
    CHECK(text(each, "/right") == "true");
  }
  auto exchanges = number(summary, "/exchanges");
  CHECK(count_of(in.recon, authority) == counted{exchanges, 0});
  auto ledger = epoch_of(in.recon, text(summary, "/epoch"));
  CHECK(text(ledger, "/end") == "clean");
  CHECK(number(ledger, "/exchanges") == exchanges);
  CHECK(number(ledger, "/offered") == exchanges);
  auto intake = stage_of(in.recon, "intake");
  CHECK(number(intake, "/dropped/duplicate") > exchanges / 2);
  CHECK(number(intake, "/balance") == 0);
  CHECK(number(intake, "/out") == exchanges);
}

TEST_CASE("100 sniffers at once have a session each, and all that they bring is counted") {
  auto in = link_scene{0};
  in.pki.make({"*.sniffer.test"});
  in.recon.start();
  auto authority = unique_word() + ".example";
  auto stem = std::string{"wildcard.sniffer.test"};
  auto findings = in.play("many", {in.pki.chain(stem), in.pki.key(stem), "sniffer.test", "100", authority});
  REQUIRE(findings.size() == 5);
  CHECK(number(findings[0], "/sessions") == 100);
  for (auto batch : {1, 2, 3})
    CHECK(number(findings[static_cast<std::size_t>(batch)], "/batches") == 100);
  CHECK(number(findings[4], "/farewells") == 100);
  CHECK(count_of(in.recon, authority) == counted{1500, 0});
  auto clean = 0;
  auto connections = in.recon.ctl("connections");
  for (const auto& epoch : connections.at("epochs").as_array())
    clean += text(epoch, "/end") == "clean" && number(epoch, "/exchanges") == 15 ? 1 : 0;
  CHECK(clean == 100);
}
