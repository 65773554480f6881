// The shipped examples of settings, each as its reader would use it.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <filesystem>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

std::vector<std::string> examples() {
  auto files = std::vector<std::string>{};
  for (const auto& each : std::filesystem::directory_iterator{CLEARTAP_EXAMPLES})
    files.push_back(each.path());
  return files;
}

/// How many exchanges the inventory has of this authority.
std::int64_t served(const sniffer& tap, const std::string& authority) {
  auto list = tap.rest("/api/v1/apis");
  if (list.is_object())
    for (const auto& api : list.at("apis").as_array())
      if (text(api, "/authority") == authority)
        return number(api, "/served");
  return 0;
}

} // namespace

TEST_CASE("every example captures, masks, stores and ends") {
  const auto file = GENERATE(from_range(examples()));
  CAPTURE(file);
  auto home = temporary_directory{};
  auto web = web_server{};
  auto tap = sniffer{instance_settings{home.path()}, {"--config", file}};
  auto watch = watcher{tap.settings()};
  watch.warm_up(web.authority(), "/echo/warm-up", [&] { static_cast<void>(fetch(web.url("/echo/warm-up"))); });
  auto path = "/created/" + unique_word();
  auto secret = unique_word();
  for (auto i = 0; i < 20; ++i)
    REQUIRE(fetch(web.url(path), {"-H", "Content-Type: application/json", "--data-binary", "@-"},
                  R"({"name":"ann","password":")" + secret + R"("})")
                .status == 201);
  auto seen = watch.expect(20, called("server", web.authority(), path));
  CHECK(body(seen.front(), "/request") == R"({"name":"ann","password":"[REDACTED:password]"})");
  CHECK(text(seen.front(), "/quality") == "complete");
  CHECK(wait_until([&] { return served(tap, web.authority()) >= 21; }));
  CHECK(tap.stop() == 0);
  CHECK(tap.program().complaints().find(secret) == std::string::npos);
}
