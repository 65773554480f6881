// The three ports: who may ask, and that nobody can break them.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

using namespace cleartap;
using namespace cleartap::support;

namespace {

std::string url(std::uint16_t port, const std::string& path) { return "http://" + loopback(port) + path; }

void check_alive(const sniffer& tap) {
  CHECK(fetch(url(tap.settings().metrics(), "/healthz")).status == 200);
  CHECK(fetch(url(tap.settings().page(), "/api/v1/apis")).status == 200);
  CHECK(tap.ctl("losses").is_object());
}

} // namespace

TEST_CASE("a running cleartap is ready, healthy and counts") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  CHECK(fetch(url(settings.metrics(), "/readyz")).status == 200);
  CHECK(fetch(url(settings.metrics(), "/healthz")).status == 200);
  auto metrics = tap.metrics();
  CHECK(metrics.find("\ncleartap_actor_in_total{actor=\"ring\",index=\"0\"} ") != std::string::npos);
  CHECK(metrics.find("\ncleartap_actor_in_total{actor=\"kernel\",index=\"0\"} ") != std::string::npos);
  CHECK(metrics.find("\ncleartap_libraries ") != std::string::npos);
  CHECK(fetch(url(settings.page(), "/")).body.find("<html") != std::string::npos);
}

TEST_CASE("the admin port answers nobody without the token") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  auto token = content_of(settings.token_file());
  REQUIRE(token.size() == 64);
  auto with = [](const std::string& authorization) {
    return std::vector<std::string>{"-H", "Authorization: " + authorization};
  };
  for (auto path :
       {"/v1/actors", "/v1/topology", "/v1/losses", "/v1/libraries", "/v1/log-level", "/v1/watched", "/v1/watch"}) {
    CHECK(fetch(url(settings.admin(), path)).status == 401);
    CHECK(fetch(url(settings.admin(), path), with("Bearer " + std::string(64, '0'))).status == 401);
    CHECK(fetch(url(settings.admin(), path), with("Bearer " + token.substr(1))).status == 401);
    CHECK(fetch(url(settings.admin(), path), with("Basic " + token)).status == 401);
  }
  for (auto path : {"/v1/pause", "/v1/resume", "/v1/rescan", "/v1/log-level/debug", "/v1/reload"})
    CHECK(fetch(url(settings.admin(), path), {"--data", ""}).status == 401);
  CHECK(fetch(url(settings.admin(), "/v1/losses"), with("Bearer " + token)).status == 200);
}

TEST_CASE("the token is its owner's alone, and ends with the process") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  auto mode = std::filesystem::status(settings.token_file()).permissions();
  CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  auto first = content_of(settings.token_file());
  CHECK(tap.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(settings.token_file()));
  auto next = sniffer{settings};
  CHECK(content_of(settings.token_file()) != first);
}

TEST_CASE("the store is its owner's alone") {
  auto home = temporary_directory{};
  auto tap = sniffer{instance_settings{home.path()}};
  for (const auto& file : std::filesystem::directory_iterator{tap.settings().store()})
    CHECK((file.status().permissions() & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
}

TEST_CASE("garbage on the ports harms nobody") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  for (auto port : {settings.page(), settings.metrics(), settings.admin()}) {
    connection{port}.send(all_bytes(100000));
    connection{port}.send("GET / HTTP/9.9\r\n\r\n");
    connection{port}.send("GET /" + std::string(100000, 'a') + " HTTP/1.1\r\n\r\n");
    connection{port}.send("POST /v1/pause HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n");
    connection{port}.send("POST /v1/pause HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n");
    CHECK(fetch(url(port, "/%00%ff/../../etc/passwd")).status >= 400);
    CHECK(fetch(url(port, "/api/v1/apis/%00")).status >= 400);
  }
  check_alive(tap);
}

TEST_CASE("peers that never finish their request keep nobody else waiting") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  auto idle = std::vector<connection>{};
  for (auto port : {settings.page(), settings.metrics(), settings.admin()})
    for (auto i = 0; i < 4; ++i)
      idle.emplace_back(port).send("GET /healthz HT");
  check_alive(tap);
}
