// One session for each name: who has it, who takes it over, and when.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cleartap;
using namespace cleartap::support;

namespace {

constexpr auto taken = "another sniffer of that name is connected; give each a certificate or a link.node of its own";

/// Waits until the reconstructor refused that many more for their name.
bool refused_again(const link_scene& in, std::int64_t count) {
  auto before = refusals(in.recon)[taken];
  return wait_until([&] { return refusals(in.recon)[taken] >= before + count; }, 20s);
}

} // namespace

TEST_CASE("of two sniffers with one certificate the second waits until the first is silent, and then keeps its place") {
  auto in = link_scene{2};
  auto& first = in.sniffers[0];
  auto& second = in.sniffers[1];
  second.use(in.pki, "s1.sniffer.test");
  in.recon.start();
  first.start();
  auto session = in.expect_session("s1.sniffer.test");
  second.start();
  CHECK(refused_again(in, 2));
  CHECK(in.recon.log().find(taken) != std::string::npos);
  auto now = session_of(in.recon, "s1.sniffer.test");
  CHECK(text(now, "/epoch") == text(session, "/epoch"));
  CHECK(text(now, "/since") == text(session, "/since"));

  auto heir = epoch_of(second);
  auto has_it = [&] { return text(session_of(in.recon, "s1.sniffer.test"), "/epoch") == heir; };
  auto stopped = std::chrono::steady_clock::now();
  first.signal(SIGSTOP);
  REQUIRE(wait_until(has_it));
  auto time = std::chrono::steady_clock::now() - stopped;
  WARN("taken over " << std::chrono::duration_cast<std::chrono::milliseconds>(time).count()
                     << " ms after the first was stopped");
  CHECK(time > 1s); // its last sign of life was up to a heartbeat or two before it was stopped
  auto since = text(session_of(in.recon, "s1.sniffer.test"), "/since");

  first.signal(SIGCONT);
  CHECK(refused_again(in, 3));
  CHECK(has_it());
  CHECK(text(session_of(in.recon, "s1.sniffer.test"), "/since") == since);
}

TEST_CASE("a wildcard certificate gives each link.node a session of its own") {
  auto in = link_scene{2};
  in.pki.make({"*.sniffer.test"});
  in.recon.settings().set("link.peer_name", "\"*.sniffer.test\"");
  for (std::size_t i = 0; i < 2; ++i) {
    in.sniffers[i].use(in.pki, "wildcard.sniffer.test");
    in.sniffers[i].settings().set("link.node", i == 0 ? "a" : "b");
  }
  in.start();
  auto a = in.expect_session("a.sniffer.test");
  auto b = in.expect_session("b.sniffer.test");
  CHECK(text(a, "/epoch") == epoch_of(in.sniffers[0]));
  CHECK(text(b, "/epoch") == epoch_of(in.sniffers[1]));
  CHECK(session_of(in.recon, "a.sniffer.test").is_object());
  CHECK(sum(refusals(in.recon)) == 0);
}
