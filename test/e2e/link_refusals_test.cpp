// Who may not deliver: whatever a stranger does is refused and counted, and who delivers never notices.
#include "test/support/link_scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace json = boost::json;

constexpr auto files_more_max = std::size_t{4};   // descriptors of other work, such as the store's
constexpr auto memory_more_max = std::size_t{64}; // MB: the allocator keeps some of what was used

/// A sniffer that delivers while a test does what it does; nothing of it may be lost.
struct live_peer {
  explicit live_peer(link_scene& scene)
      : in{scene}
      , client{in.web, unique_word() + ".example", 100}
      , session(in.expect_session("s1.sniffer.test"))
      , before{burden_of(in.recon.pid())} {}

  void check_undisturbed() {
    INFO(in.recon.log());
    auto now = session_of(in.recon, "s1.sniffer.test");
    CHECK(text(now, "/since") == text(session, "/since"));
    CHECK(text(now, "/address") == text(session, "/address"));
    CHECK(number(in.sniffers[0].ctl("connections"), "/reconstructor/connects") == 1);
    auto expected = client.stop();
    CHECK(difference(in, client.host(), expected) == "");
    CHECK(wait_until([&] { return burden_of(in.recon.pid()).files <= before.files + files_more_max; }));
    CHECK(burden_of(in.recon.pid()).memory <= before.memory + memory_more_max);
  }

  link_scene& in;
  traffic client;
  json::value session;
  burden before;
};

void check_all_closed(const std::vector<json::value>& findings, std::size_t count_min) {
  CHECK(findings.size() >= count_min);
  for (const auto& each : findings) {
    INFO(text(each, "/name"));
    CHECK(text(each, "/closed") == "true");
  }
}

/// A certificate of the scene's CA, or of its own, with that name, days and usage.
void make_certificate(const link_certificates& pki, const std::string& name, const std::string& days,
                      const std::string& usage) {
  auto quiet = [](std::vector<std::string> words) {
    words.insert(words.begin(), "openssl");
    auto done = run({std::move(words)});
    INFO(done.complaints);
    REQUIRE(done.status == 0);
  };
  auto request = pki.chain(name).string() + ".request";
  quiet({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
         "-addext", "subjectAltName=DNS:" + name, "-addext", "extendedKeyUsage=" + usage, "-keyout", pki.key(name),
         "-out", request});
  quiet({"x509", "-req", "-in", request, "-copy_extensions", "copy", "-CA", pki.ca(), "-CAkey", pki.key("ca"), "-days",
         days, "-out", pki.chain(name)});
}

/// What the reconstructor says of a handshake with this certificate; empty if it lets the peer in.
std::string refusal(const link_scene& in, const std::string& chain, const std::string& key, const char* version) {
  auto before = refusals(in.recon);
  auto finding = in.play("certificates", {chain, key, version}).at(0);
  if (text(finding, "/let_in") == "true")
    return "";
  auto reason = std::string{};
  static_cast<void>(wait_until([&] {
    for (const auto& [why, count] : refusals(in.recon))
      if (count > before[why])
        reason = why;
    return !reason.empty();
  }));
  return reason;
}

} // namespace

TEST_CASE("what strangers send without TLS or without a certificate disturbs nobody and is counted") {
  auto in = link_scene{};
  in.start();
  auto live = live_peer{in};
  check_all_closed(in.play("strangers"), 60);
  live.check_undisturbed();
  auto reasons = refusals(in.recon);
  CHECK(reasons["the peer showed no certificate"] == 10);
  CHECK(reasons["the peer speaks HTTP without TLS"] == 10);
  CHECK(reasons["the peer does not speak TLS"] >= 20);
  CHECK(sum(reasons) == 60);
}

TEST_CASE("a certificate that is wrong in any way is refused by its reason") {
  auto in = link_scene{};
  in.recon.settings().set("link.peer_name", "\"*.sniffer.test\"");
  in.start();
  auto live = live_peer{in};
  const auto& pki = in.pki;
  auto stranger = link_certificates{in.home.path() / "another"};
  stranger.make({"evil.sniffer.test"});
  make_certificate(pki, "old.sniffer.test", "-1", "clientAuth");
  make_certificate(pki, "elsewhere.test", "2", "clientAuth");
  make_certificate(pki, "server.sniffer.test", "2", "serverAuth");
  make_certificate(pki, "good.sniffer.test", "2", "clientAuth");
  auto refused = [&](const link_certificates& from, const std::string& name, const char* version = "1.3") {
    return refusal(in, from.chain(name), from.key(name), version);
  };
  CHECK(refused(stranger, "evil.sniffer.test") ==
        "the peer's certificate is refused: another CA than that of link.ca signed it");
  CHECK(refused(pki, "old.sniffer.test") == "the peer's certificate is refused: it has expired");
  CHECK(refused(pki, "elsewhere.test") == "its certificate does not have the name that link.peer_name wants");
  CHECK(refused(pki, "server.sniffer.test") ==
        "the peer's certificate is refused: its extended key usage does not allow this side of a connection");
  CHECK(refused(pki, "good.sniffer.test", "1.2") == "the peer has no TLS 1.3");
  CHECK(refusal(in, "", "", "1.3") == "the peer showed no certificate");
  CHECK(refused(pki, "good.sniffer.test") == "");
  live.check_undisturbed();
}

TEST_CASE("a sniffer does not deliver to a reconstructor of another name or another CA, and says so") {
  auto in = link_scene{2};
  auto another = link_certificates{in.home.path() / "another"};
  another.make({"s2.sniffer.test"});
  in.sniffers[0].settings().set("link.peer_name", "other.test");
  in.sniffers[1].settings().set("link.ca", another.ca());
  in.recon.start();
  auto last_error = [](const station& each) { return text(each.ctl("connections"), "/reconstructor/last_error"); };
  auto says = [&](const station& each, const char* why) {
    return wait_until([&] { return last_error(each).find(why) != std::string::npos; });
  };
  for (auto& each : in.sniffers)
    each.start();
  CHECK(says(in.sniffers[0], "it is for another name than link.peer_name or the host of link.connect"));
  CHECK(says(in.sniffers[1], "another CA than that of link.ca signed it"));
  CHECK(number(in.sniffers[0].ctl("connections"), "/reconstructor/connects") == 0);
  CHECK(number(in.sniffers[1].ctl("connections"), "/reconstructor/connects") == 0);
}

TEST_CASE("handshakes that stall keep no honest peer out") {
  auto in = link_scene{};
  in.recon.start();
  auto words = std::vector<std::string>{"stalled", in.address(), "70"};
  auto there = in.stranger().enter();
  for (auto last : {"101", "102", "103", "104", "105"}) {
    words.push_back(std::string{"10.77.0."} + last);
    REQUIRE(run({{"ip", "address", "add", words.back() + "/24", "dev", "eth0"}}).status == 0);
  }
  auto before = burden_of(in.recon.pid());
  auto crowd = child{in.scenario(words)};
  REQUIRE(wait_until([&] { return crowd.output().find("350") != std::string::npos; }));
  // From the machine of the crowd, and from another one.
  CHECK(refusal(in, in.pki.chain("s1.sniffer.test"), in.pki.key("s1.sniffer.test"), "1.3") == "");
  in.sniffers[0].start();
  CHECK(wait_until([&] { return in.connected(in.sniffers[0]); }));
  CHECK(wait_until([&] {
    auto reasons = refusals(in.recon);
    return reasons["too many handshakes at the same time"] + reasons["the handshake took too long"] == 350;
  }));
  CHECK(refusals(in.recon)["too many handshakes at the same time"] >= 350 - 256);
  CHECK(burden_of(in.recon.pid()).files <= before.files + 1 + files_more_max); // the sniffer is there now
}

TEST_CASE("frames that would kill CAF end their own session alone, after an authorised handshake too") {
  auto in = link_scene{};
  in.pki.make({"evil.sniffer.test"});
  in.start();
  auto live = live_peer{in};
  auto name = std::string{"evil.sniffer.test"};
  check_all_closed(in.play("frames", {in.pki.chain(name), in.pki.key(name), name}), 40);
  live.check_undisturbed();
  auto reasons = refusals(in.recon);
  auto of_gate = std::int64_t{0};
  for (const auto& [reason, count] : reasons)
    if (reason.starts_with("frame: ") || reason.starts_with("payload: "))
      of_gate += count;
  CHECK(of_gate >= 30);
  CHECK(reasons["frame: too long"] >= 2);
  CHECK(reasons["payload: type not allowed"] >= 2);
  CHECK(reasons["frame: before the handshake"] >= 1);
}
