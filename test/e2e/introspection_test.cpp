// What a running cleartap tells of itself: rates, libraries, the log level, and the page's picture of the pipeline.
#include "test/support/scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace json = boost::json;

const auto page_token = std::string{"for-the-picture-alone"};

std::string url(std::uint16_t port, const std::string& path) { return "http://" + loopback(port) + path; }

std::vector<std::string> with_header(const std::string& line) { return {"-H", line}; }

/// The entry of a list whose `key` has that value; null if there is none.
json::value entry(const json::value& list, const char* key, std::string_view value) {
  for (const auto& each : list.as_array())
    if (text(each, std::string{"/"} + key) == value)
      return each;
  return {};
}

double rate_of(const json::value& entry) { return entry.at("rate").to_number<double>(); }

/// A page that others could reach, if there were any: for a private network.
instance_settings open_page(const temporary_directory& home) {
  auto settings = instance_settings{home.path()};
  settings.set("page.listen", "0.0.0.0:" + std::to_string(settings.page()));
  return settings;
}

} // namespace

TEST_CASE("edges and actors show what passes per second while it passes") {
  auto home = temporary_directory{};
  auto server = web_server{};
  auto tap = sniffer{instance_settings{home.path()}};
  auto passes = [&] {
    if (fetch(server.url("/echo/rate")).status != 200)
      return false;
    auto edge = entry(tap.ctl("topology").at("edges"), "to", "redaction");
    auto actor = entry(tap.ctl("actors").at("actors"), "name", "intake");
    return rate_of(edge) > 0 && rate_of(actor) > 0;
  };
  CHECK(wait_until(passes, 20s));
}

TEST_CASE("libraries are listed with their file, their users and their probes") {
  auto home = temporary_directory{};
  auto server = web_server{};
  auto tap = sniffer{instance_settings{home.path()}};
  auto libraries = tap.ctl("libraries").at("libraries").as_array();
  auto used = std::ranges::find_if(libraries, [](const auto& each) {
    return text(each, "/path").find("libssl") != std::string::npos && text(each, "/state") == "attached";
  });
  REQUIRE(used != libraries.end());
  CHECK(number(*used, "/processes") >= 2); // nginx: a master and its workers
  CHECK(number(*used, "/functions") > 0);
  CHECK(number(*used, "/attached") == number(*used, "/functions"));
  CHECK(number(*used, "/inode") > 0);
  CHECK(text(*used, "/since").ends_with("Z"));
}

TEST_CASE("the log level changes while cleartap runs, and that is told whatever the level") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  CHECK(text(tap.ctl("log-level"), "/level") == "info");
  CHECK(run(settings.with({"ctl", "log-level", "error"})).status == 0);
  CHECK(text(tap.ctl("log-level"), "/level") == "error");
  CHECK(run(settings.with({"ctl", "log-level", "warning"})).status == 0);
  auto told = [&](const std::string& line) {
    return wait_until(
        [&] { return (tap.program().output() + tap.program().complaints()).find(line) != std::string::npos; });
  };
  CHECK(told("audit: log level info -> error by the admin port"));
  CHECK(told("audit: log level error -> warning by the admin port"));
  CHECK(run(settings.with({"ctl", "log-level", "loud"})).status != 0);
}

TEST_CASE("the page on loopback shows the pipeline to those who ask for a loopback name") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  auto pipeline = tap.rest("/api/v1/pipeline");
  REQUIRE(pipeline.is_object());
  CHECK(text(entry(pipeline.at("actors"), "name", "ring"), "/phase") == "running");
  CHECK(entry(pipeline.at("edges"), "to", "streams").is_object());
  CHECK(entry(pipeline.at("stages"), "name", "inventory").is_object());
  auto rebound = with_header("Host: rebound.example");
  CHECK(fetch(url(settings.page(), "/api/v1/pipeline"), rebound).status == 403);
  CHECK(fetch(url(settings.admin(), "/v1/actors"), rebound).status == 421);
}

TEST_CASE("a page that others can reach shows no pipeline without a token") {
  auto network = private_network{};
  auto home = temporary_directory{};
  auto settings = open_page(home);
  auto tap = sniffer{settings};
  auto answer = fetch(url(settings.page(), "/api/v1/pipeline"));
  CHECK(answer.status == 403);
  CHECK(answer.body.find("page.token_file") != std::string::npos);
  CHECK(fetch(url(settings.page(), "/api/v1/pipeline"), with_header("Authorization: Bearer ")).status == 403);
  CHECK(fetch(url(settings.page(), "/api/v1/apis")).status == 200);
}

TEST_CASE("a page that others can reach shows the pipeline to those with the token") {
  auto network = private_network{};
  auto home = temporary_directory{};
  auto settings = open_page(home);
  settings.set("page.token_file", home.write("page.token", page_token + "\n"));
  auto tap = sniffer{settings};
  auto path = url(settings.page(), "/api/v1/pipeline");
  CHECK(fetch(path).status == 401);
  CHECK(fetch(path, with_header("Authorization: Bearer " + page_token + "x")).status == 401);
  auto shown = fetch(path, with_header("Authorization: Bearer " + page_token));
  CHECK(shown.status == 200);
  CHECK(shown.body.find(page_token) == std::string::npos);
}

TEST_CASE("without a page there is none, and all else works") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  settings.set("page.enabled", "false");
  auto tap = sniffer{settings};
  CHECK_FALSE(listening(settings.page()));
  CHECK(entry(tap.ctl("actors").at("actors"), "name", "page").is_null());
  CHECK(tap.program().output().find("web page: off") != std::string::npos);
  CHECK(tap.stop() == 0);
}
