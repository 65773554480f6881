// Certificates that are renewed, and a CA that is replaced, while traffic is under way.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace fs = std::filesystem;

/// Moved over what is there, as a volume with certificates does it.
void replace(const fs::path& file, const std::string& content) {
  auto fresh = fs::path{file.string() + ".fresh"};
  std::ofstream{fresh, std::ios::binary} << content;
  fs::rename(fresh, file);
}

/// Cuts all connections of the reconstructor from outside, and waits until the sniffer has another one.
void reconnect(const link_scene& in, std::int64_t connects) {
  {
    auto there = in.recon.where().enter();
    auto cut = run({{"ss", "--kill", "--numeric", "state", "established", "sport = :9443"}});
    INFO(cut.complaints);
    REQUIRE(cut.status == 0);
  }
  INFO(in.sniffers[0].log() << in.recon.log());
  REQUIRE(wait_until([&] {
    auto end = in.sniffers[0].ctl("connections");
    return number(end, "/reconstructor/connects") >= connects && text(end, "/reconstructor/connected") == "true";
  }));
}

/// Whether the reconstructor lets a newcomer in that shows this certificate.
bool lets_in(const link_scene& in, const link_certificates& from) {
  auto finding = in.play("certificates", {from.chain("new.sniffer.test"), from.key("new.sniffer.test"), "1.3"});
  return text(finding.at(0), "/let_in") == "true";
}

} // namespace

TEST_CASE("certificates and their CA are replaced under load and nothing is lost") {
  auto in = link_scene{};
  auto names = std::vector<std::string>{"recon.test", "s1.sniffer.test"};
  in.pki.make({"new.sniffer.test"});
  auto first = link_certificates{in.home.path() / "first"};
  fs::copy(in.home.path() / "pki", in.home.path() / "first");
  auto second = link_certificates{in.home.path() / "second"};
  second.make({"recon.test", "s1.sniffer.test", "new.sniffer.test"});
  in.start();
  auto session = in.expect_session("s1.sniffer.test");
  auto client = traffic{in.web, unique_word() + ".example", 200};

  in.pki.make(names, true);
  CHECK(lets_in(in, first)); // and so the reconstructor has read its new certificate
  CHECK(text(session_of(in.recon, "s1.sniffer.test"), "/since") == text(session, "/since"));
  reconnect(in, 2);

  CHECK(!lets_in(in, second));
  replace(in.pki.ca(), content_of(first.ca()) + content_of(second.ca()));
  CHECK(lets_in(in, first));
  CHECK(lets_in(in, second));
  reconnect(in, 3);
  for (const auto& name : names) {
    replace(in.pki.key(name), content_of(second.key(name)));
    replace(in.pki.chain(name), content_of(second.chain(name)));
  }
  reconnect(in, 4);
  replace(in.pki.ca(), content_of(second.ca()));
  CHECK(!lets_in(in, first));
  CHECK(lets_in(in, second));
  reconnect(in, 5);

  CHECK(refusals(in.recon)["the peer's certificate is refused: another CA than that of link.ca signed it"] == 2);
  auto expected = client.stop();
  CHECK(difference(in, client.host(), expected) == "");
  CHECK(text(stage_of(in.sniffers[0], "uplink"), "/dropped") == "{}");
}
