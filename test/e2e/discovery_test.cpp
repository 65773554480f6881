// Programs and libraries that come after cleartap.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace fs = std::filesystem;

constexpr auto libssl = "/usr/lib/x86_64-linux-gnu/libssl.so.3";

command curl_with_library(const std::string& url, const fs::path& directory) {
  auto what = curl(url);
  what.environment.emplace_back("LD_LIBRARY_PATH", directory);
  return what;
}

} // namespace

TEST_CASE("a program that starts later is captured from its first request on") {
  auto in = scene{};
  auto later = web_server{};
  auto path = "/echo/" + unique_word();
  REQUIRE(fetch(later.url(path)).status == 200);
  auto seen = in.watch.expect_one(called("server", later.authority(), path));
  CHECK(number(seen, "/process/ancestors/0/pid") == later.master());
  CHECK(text(seen, "/quality") == "complete");
}

TEST_CASE("a curl of a few milliseconds has its name, twenty times out of twenty") {
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  for (auto i = 0; i < 20; ++i)
    REQUIRE(run(curl(in.web.url(path))).status == 0);
  for (const auto& seen : in.watch.expect(20, called("client", in.web.authority(), path))) {
    CHECK(text(seen, "/process/comm") == "curl");
    CHECK(text(seen, "/process/exe") == "/usr/bin/curl");
  }
}

TEST_CASE("a library is captured even if its first user ends before probes are in it") {
  if (!fs::exists(libssl))
    SKIP("there is no " << libssl);
  auto in = scene{};
  for (auto i = 0; i < 5; ++i) {
    auto copy = temporary_directory{};
    fs::copy(libssl, copy.path() / "libssl.so.3");
    auto path = "/echo/" + unique_word();
    REQUIRE(run(curl_with_library(in.web.url(path), copy.path())).status == 0);
    auto attached = "probes attached to " + (copy.path() / "libssl.so.3").string();
    REQUIRE(wait_until([&] { return in.tap.program().complaints().find(attached) != std::string::npos; }));
    REQUIRE(run(curl_with_library(in.web.url(path + "/second"), copy.path())).status == 0);
    auto seen = in.watch.expect_one(called("client", in.web.authority(), path + "/second"));
    CHECK(text(seen, "/process/comm") == "curl");
    CHECK(text(seen, "/quality") == "complete");
  }
}
