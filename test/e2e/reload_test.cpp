// Settings that change while cleartap runs, under traffic.
#include "test/support/scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

/// A cleartap with a file of settings, nginx and a watcher, all at work.
struct configured {
  temporary_directory home;
  std::filesystem::path file = home.write("cleartap.yaml", "logLevel: info\n");
  web_server web;
  sniffer tap{instance_settings{home.path()}, {"--config", file}};
  watcher watch{tap.settings()};

  configured() {
    watch.warm_up(web.authority(), "/echo/warm-up", [this] { static_cast<void>(fetch(web.url("/echo/warm-up"))); });
  }

  void rewrite(std::string_view text) const { home.write("cleartap.yaml", text); }

  finished reload(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"ctl", "reload"});
    return run(tap.settings().with(std::move(words)));
  }

  /// By SIGHUP; returns once the log has told the outcome.
  bool hang_up(const std::string& expected) {
    tap.program().signal(SIGHUP);
    return wait_until([&] { return logged(expected); });
  }

  bool logged(const std::string& text) { return tap.program().complaints().find(text) != std::string::npos; }

  /// The request body that the watcher shows of a post of `content`.
  std::string shown_body(const std::string& content) {
    auto path = "/created/" + unique_word();
    REQUIRE(fetch(web.url(path), {"-H", "Content-Type: application/json", "--data-binary", "@-"}, content).status ==
            201);
    return body(watch.expect_one(called("server", web.authority(), path)), "/request");
  }

  /// Posts until `fits` what the watcher shows: actors take new settings over one after the other.
  bool comes_to_show(const std::string& content, const std::function<bool(const std::string&)>& fits) {
    return wait_until([&] { return fits(shown_body(content)); });
  }
};

constexpr auto pin = R"({"user":"ann","shoesize":"forty-two"})";

bool is_masked(const std::string& body) { return body.find("[REDACTED:custom]") != std::string::npos; }
bool is_open(const std::string& body) { return body.find("forty-two") != std::string::npos; }

/// How many bytes of bodies were left out.
std::int64_t sampled(const sniffer& tap) {
  auto losses = tap.ctl("losses");
  for (const auto& each : losses.at("stages").as_array())
    if (text(each, "/name") == "bodies")
      return each.at("dropped").as_object().contains("sampled") ? number(each, "/dropped/sampled") : 0;
  return -1;
}

} // namespace

TEST_CASE("what a file changes takes effect under traffic, by SIGHUP and by ctl reload") {
  auto test = configured{};
  REQUIRE(is_open(test.shown_body(pin)));
  test.rewrite("redaction:\n  keys: [shoesize]\n");
  REQUIRE(test.hang_up("audit: setting changed: redaction.keys: [] -> [\"shoesize\"]"));
  CHECK(test.comes_to_show(pin, is_masked));
  test.rewrite("logLevel: debug\n");
  auto told = test.reload();
  CHECK(told.status == 0);
  CHECK(told.output == "logLevel: info -> debug\nredaction.keys: [\"shoesize\"] -> []\n");
  CHECK(test.logged("audit: setting changed: logLevel: info -> debug"));
  CHECK(test.comes_to_show(pin, is_open));
  test.rewrite("logLevel: error\n");
  CHECK(test.hang_up("audit: setting changed: logLevel: debug -> error"));
  CHECK(test.tap.stop() == 0);
}

TEST_CASE("limits of bodies and processes change for the next exchange") {
  auto test = configured{};
  REQUIRE(test.shown_body(pin) == pin);
  test.rewrite("bodies:\n  request_max: 5\n  rate_max: 0\nprocess:\n  enabled: false\n");
  auto told = boost::json::parse(test.reload({"--json"}).output);
  CHECK(told.at("applied") == true);
  CHECK(told.at("changed").as_array().size() == 3);
  CHECK(text(told, "/changed/0/key") == "process.enabled");
  CHECK(text(told, "/changed/0/old") == "true");
  CHECK(text(told, "/changed/0/new") == "false");
  CHECK(test.comes_to_show(pin, [](const std::string& body) { return body.size() == 5; }));
  CHECK(wait_until([&] {
    static_cast<void>(test.shown_body(pin));
    return sampled(test.tap) > 0;
  }));
  auto path = "/echo/" + unique_word();
  REQUIRE(fetch(test.web.url(path)).status == 200);
  CHECK(text(test.watch.expect_one(called("server", test.web.authority(), path)), "/process/comm") == "null");
}

TEST_CASE("a bad file leaves the old settings in force and says so") {
  auto test = configured{};
  test.rewrite("redaction:\n  keys: [shoesize]\nbodies:\n  rate_max: much\n");
  auto refused = test.reload();
  CHECK(refused.status == 1);
  CHECK(refused.output == "");
  CHECK(refused.complaints.find("the settings stay as they were") != std::string::npos);
  CHECK(refused.complaints.find("cleartap.yaml:4: bodies.rate_max") != std::string::npos);
  test.rewrite("admin:\n  listen: 0.0.0.0:1\nredaction: [\n");
  CHECK(test.hang_up("cleartap.yaml:"));
  std::filesystem::remove(test.file);
  auto gone = boost::json::parse(test.reload({"--json"}).output);
  CHECK(gone.at("applied") == false);
  CHECK(text(gone, "/problems/0").find("No such file") != std::string::npos);
  CHECK(is_open(test.shown_body(pin)));
  CHECK_FALSE(test.logged("audit: setting changed"));
  CHECK(test.tap.program().running());
}

TEST_CASE("a file that also changes what needs a restart changes nothing") {
  auto test = configured{};
  test.rewrite("redaction:\n  keys: [shoesize]\nlogLevel: debug\npipeline:\n  streams:\n    shards: 3\ncapture:\n"
               "  maxBufferSize: 4096\n");
  auto refused = test.reload();
  CHECK(refused.status == 1);
  CHECK(refused.complaints.find("pipeline.streams.shards: 2 -> 3 needs a restart") != std::string::npos);
  CHECK(refused.complaints.find("capture.maxBufferSize: 8192 -> 4096 needs a restart") != std::string::npos);
  CHECK(refused.complaints.find("redaction.keys") == std::string::npos);
  CHECK(is_open(test.shown_body(pin)));
  test.rewrite("redaction:\n  keys: [shoesize]\n");
  CHECK(test.reload().status == 0);
  CHECK(test.comes_to_show(pin, is_masked));
}

TEST_CASE("reading the same file again changes nothing, and without a file there is nothing to read") {
  auto test = configured{};
  auto same = test.reload();
  CHECK(same.status == 0);
  CHECK(same.output == "nothing has changed\n");
  auto home = temporary_directory{};
  auto bare = sniffer{instance_settings{home.path()}};
  auto refused = run(bare.settings().with({"ctl", "reload"}));
  CHECK(refused.status == 1);
  CHECK(refused.complaints.find("--config FILE") != std::string::npos);
  bare.program().signal(SIGHUP);
  CHECK(wait_until([&] { return bare.program().complaints().find("--config FILE") != std::string::npos; }));
  CHECK(bare.stop() == 0);
}
