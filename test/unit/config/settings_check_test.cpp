#include "config/settings_check.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

constexpr auto all_roles = {node_role::standalone, node_role::sniffer, node_role::reconstructor, node_role::watch};

settings sniffer_settings() {
  auto config = settings{};
  config.link.connect = {"reconstructor.example", 9443};
  return config;
}

/// What is refused, or "".
std::string refusal(const settings& config, node_role role = node_role::standalone) {
  const auto checked = check_settings(config, role);
  return checked ? "" : checked.error().text;
}

bool names(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::ranges::all_of(words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

settings at(const std::string& page_host, const std::string& metrics_host, std::uint16_t port = 9000) {
  auto config = settings{};
  config.page.listen = {page_host, port};
  config.metrics.listen = {metrics_host, port};
  return config;
}

} // namespace

TEST_CASE("the defaults make sense in every role; a sniffer must only be told where to") {
  for (auto role : all_roles)
    CHECK(refusal(sniffer_settings(), role) == "");
  CHECK(refusal({}, node_role::standalone) == "");
  CHECK(refusal({}, node_role::reconstructor) == "");
  CHECK(refusal({}, node_role::watch) == "");
  CHECK(names(refusal({}, node_role::sniffer), {"link.connect", "HOST:PORT"}));
}

TEST_CASE("two listeners at one address are refused, also through a wildcard") {
  CHECK(names(refusal(at("127.0.0.1", "127.0.0.1")),
              {"page.listen 127.0.0.1:9000", "metrics.listen 127.0.0.1:9000", "a port of its own"}));
  CHECK(refusal(at("0.0.0.0", "127.0.0.1")) != "");
  CHECK(refusal(at("10.0.0.1", "0.0.0.0")) != "");
  CHECK(names(refusal(at("::", "10.0.0.1")), {"[::]:9000"}));
  CHECK(refusal(at("::", "0.0.0.0")) != "");
  CHECK(refusal(at("::", "fe80::1")) != "");
  CHECK(refusal(at("localhost", "127.0.0.1")) != "");
  CHECK(refusal(at("::1", "0:0::1")) != "");
}

TEST_CASE("listeners at different addresses or ports are accepted") {
  CHECK(refusal(at("127.0.0.1", "127.0.0.2")) == "");
  CHECK(refusal(at("0.0.0.0", "::1")) == "");
  CHECK(refusal(at("127.0.0.1", "::1")) == "");
  CHECK(refusal(at("127.0.0.1", "127.0.0.1", 0)) == ""); // any free port
}

TEST_CASE("only what listens in a role can collide") {
  auto config = sniffer_settings();
  config.page.listen = config.metrics.listen;
  CHECK(refusal(config, node_role::sniffer) == "");
  CHECK(refusal(config, node_role::watch) == "");
  CHECK(refusal(config, node_role::reconstructor) != "");
  config.page.enabled = false;
  CHECK(refusal(config, node_role::reconstructor) == "");
  config.link.listen = {"0.0.0.0", config.admin.listen.port};
  CHECK(refusal(config, node_role::standalone) == "");
  CHECK(names(refusal(config, node_role::reconstructor), {"link.listen", "admin.listen"}));
}

TEST_CASE("the admin port stays on loopback") {
  auto config = settings{};
  for (auto host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) {
    config.admin.listen.host = host;
    CHECK(refusal(config) == "");
  }
  for (auto host : {"0.0.0.0", "::", "10.0.0.1", "fe80::1"}) {
    config.admin.listen.host = host;
    CHECK(names(refusal(config), {"admin.listen", "admin.token_file", "loopback", "ssh -L"}));
    CHECK(refusal(config, node_role::watch) == "");
  }
}

TEST_CASE("the admin token overwrites no other file") {
  auto config = sniffer_settings();
  config.admin.token_file = "/etc/cleartap/link/../link/tls.key";
  CHECK(names(refusal(config, node_role::sniffer), {"admin.token_file", "link.key", "a file of its own"}));
  CHECK(refusal(config, node_role::standalone) == "");
  config.page.token_file = config.admin.token_file;
  CHECK(names(refusal(config, node_role::standalone), {"admin.token_file", "page.token_file"}));
}

TEST_CASE("the private key of the link has a file of its own") {
  auto config = sniffer_settings();
  config.link.cert = config.link.key;
  CHECK(names(refusal(config, node_role::sniffer), {"link.key", "link.cert", "two files"}));
  CHECK(names(refusal(config, node_role::reconstructor), {"link.key", "link.cert"}));
  CHECK(refusal(config, node_role::standalone) == "");
  config = sniffer_settings();
  config.link.ca = config.link.key;
  CHECK(names(refusal(config, node_role::sniffer), {"link.key", "link.ca"}));
  config = sniffer_settings();
  config.link.ca = config.link.cert; // a certificate that signed itself, known to both sides
  CHECK(refusal(config, node_role::sniffer) == "");
}

TEST_CASE("what waits for acknowledgement must hold one exchange and one batch") {
  auto config = sniffer_settings();
  config.link.buffer_max = 1024 * 1024;
  CHECK(names(refusal(config, node_role::sniffer), {"link.buffer_max", "bodies.request_max", "bodies.response_max"}));
  CHECK(refusal(config, node_role::reconstructor) == "");
  config.bodies.response_max = 512 * 1024;
  CHECK(refusal(config, node_role::sniffer) == "");
  config.link.exchanges_max = 255;
  CHECK(names(refusal(config, node_role::sniffer), {"link.exchanges_max 255", "pipeline.uplink.batch_max 256"}));
  config.pipeline.uplink.batch_max = 255;
  CHECK(refusal(config, node_role::sniffer) == "");
}

TEST_CASE("a compressed body can be decoded as far as bodies are kept") {
  auto config = settings{};
  config.bodies.response_max = config.bodies.decoded_max;
  CHECK(refusal(config) == "");
  config.bodies.request_max = config.bodies.decoded_max + 1;
  CHECK(names(refusal(config), {"bodies.decoded_max 8388608", "bodies.request_max 8388609"}));
  CHECK(refusal(config, node_role::reconstructor) == "");
  config.bodies.decoded_max += 1;
  CHECK(refusal(config) == "");
}

TEST_CASE("an edge whose limits limit nothing is refused") {
  auto config = settings{};
  config.pipeline.streams.actors = 64;
  CHECK(refusal(config) == "");
  config.pipeline.streams.queue_max = 4096;
  CHECK(names(refusal(config), {"pipeline.streams.batch_max", "pipeline.streams.credit_max",
                                "pipeline.streams.queue_max", "pipeline.streams.shards", "4194304"}));
  CHECK(refusal(config, node_role::reconstructor) == "");
  config.pipeline.streams.batch_max = 8;
  CHECK(refusal(config) == "");
  config.pipeline.feed = {.batch_max = 4096, .credit_max = 1024, .queue_max = 4096};
  CHECK(names(refusal(config), {"pipeline.feed.queue_max"}));
}

TEST_CASE("all that is wrong is told at once, a line each") {
  auto config = settings{};
  config.admin.listen = {"0.0.0.0", 8090};
  config.link.exchanges_max = 1;
  const auto text = refusal(config);
  CHECK(std::ranges::count(text, '\n') == 2); // the port, the interface, the window
}

TEST_CASE("loading for a role refuses what makes no sense in it") {
  const auto same = std::vector<std::string>{"page.listen=127.0.0.1:9090"};
  CHECK(load_settings({}, same));
  CHECK(load_settings({}, same, node_role::watch));
  const auto refused = load_settings({}, same, node_role::standalone);
  REQUIRE(!refused);
  CHECK(names(refused.error().text, {"page.listen", "metrics.listen"}));
  CHECK(!load_settings("/none", {}, node_role::watch));
}
