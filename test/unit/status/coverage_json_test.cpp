#include "actors/status/coverage_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto now = wall_time{1'700'000'000s}; // 2023-11-14T22:13:20Z

} // namespace

TEST_CASE("a process that is captured is told with all that is known of it") {
  auto report = coverage_report{};
  report.rows.push_back({.pid = 7,
                         .comm = "curl",
                         .exe = "/usr/bin/curl",
                         .container_id = "c1",
                         .hellos_client = 2,
                         .server_name = "shop.example",
                         .family = "OpenSSL",
                         .library = "/lib/libssl.so",
                         .probed = true,
                         .plaintext_bytes = 900,
                         .age = 20s});
  CHECK(coverage_json(report, now) ==
        R"({"processes":[{"pid":7,"alive":true,"comm":"curl","exe":"/usr/bin/curl","container_id":"c1",)"
        R"("hellos":{"client":2,"server":0},"server_name":"shop.example","family":"OpenSSL",)"
        R"("library":"/lib/libssl.so","probes":true,"plaintext_bytes":900,"captured":true,"reason":null,)"
        R"("last_seen":"2023-11-14T22:13:00.000Z"}],"wire":{"seen":true,"complaint":null,"owners_complaint":null,)"
        R"("hellos":0,"lost":0,"unreadable":0,"unassigned":0},"forgotten":0})");
}

TEST_CASE("what is not captured comes first, and what is not known is null") {
  auto report = coverage_report{.wire_complaint = "no permission", .hellos_lost = 3, .processes_forgotten = 4};
  report.rows = {{.pid = 1, .plaintext_bytes = 1}, {.pid = 3, .alive = false, .reason = "Java\xff"}, {.pid = 9}};
  const auto shown = boost::json::parse(coverage_json(report, now));
  const auto& rows = shown.at("processes").as_array();
  CHECK((rows[0].at("pid") == 9 && rows[1].at("pid") == 3 && rows[2].at("pid") == 1));
  CHECK((rows[1].at("captured") == false && rows[1].at("reason") == "Java\xef\xbf\xbd"));
  CHECK((rows[0].at("exe").is_null() && rows[0].at("library").is_null() && rows[0].at("server_name").is_null()));
  CHECK((shown.at("wire").at("seen") == false && shown.at("wire").at("complaint") == "no permission"));
  CHECK((shown.at("wire").at("lost") == 3 && shown.at("forgotten") == 4));
}
