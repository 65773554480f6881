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
