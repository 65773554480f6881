#include "actors/status/libraries_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <sys/sysmacros.h>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto now = wall_time{1'700'000'000s}; // 2023-11-14T22:13:20Z

} // namespace

TEST_CASE("a library is told with its file, its users and its state") {
  const auto row = library_row{.family = "OpenSSL",
                               .path = "/usr/lib/libssl.so.3",
                               .file = {makedev(0xfe, 1), 77},
                               .processes = 3,
                               .functions = 6,
                               .attached = 6,
                               .state = library_state::attached,
                               .how = "uprobe_multi",
                               .age = 20s};
  CHECK(libraries_json({&row, 1}, now) ==
        R"({"libraries":[{"family":"OpenSSL","path":"/usr/lib/libssl.so.3","device":"fe:01","inode":77,"processes":3,)"
        R"("functions":6,"attached":6,"state":"attached","probes":"uprobe_multi","reason":null,)"
        R"("since":"2023-11-14T22:13:00.000Z"}]})");
}

TEST_CASE("a refusal has its reason") {
  const auto row = library_row{.state = library_state::refused, .reason = "cannot probe it: \xff"};
  const auto shown = boost::json::parse(libraries_json({&row, 1}, now)).at("libraries").at(0);
  CHECK(shown.at("state") == "refused");
  CHECK(shown.at("reason") == "cannot probe it: \xef\xbf\xbd");
}

TEST_CASE("the libraries with most users come first, then by path") {
  const auto rows =
      library_rows{{.path = "/c", .processes = 1}, {.path = "/b", .processes = 1}, {.path = "/d", .processes = 9}};
  const auto shown = boost::json::parse(libraries_json(rows, now)).at("libraries").as_array();
  REQUIRE(shown.size() == 3);
  CHECK(shown[0].at("path") == "/d");
  CHECK(shown[1].at("path") == "/b");
  CHECK(shown[2].at("path") == "/c");
  CHECK(libraries_json({}, now) == R"({"libraries":[]})");
}
