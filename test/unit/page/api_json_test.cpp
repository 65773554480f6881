#include "actors/page/api_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <limits>

using namespace cleartap;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr wall_time morning = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 6h + 5min + 4s + 30ms;

api_summary shop() {
  auto api = api_summary{.id = "00112233445566ff",
                         .authority = "shop.example:8443",
                         .served = 12,
                         .called = 3,
                         .first_seen = morning,
                         .last_seen = morning + 1s,
                         .endpoint_count = 1,
                         .endpoints = {}};
  api.endpoints.push_back({.method = "GET",
                           .path = "/users/{userId}",
                           .served = 12,
                           .called = 2,
                           .first_seen = morning,
                           .last_seen = morning + 1s,
                           .statuses = {{0, 1}, {200, 12}, {404, 1}},
                           .sensitive = {{"email", "request.body.mail", 3, 2, wall_time{std::chrono::seconds{1}}}}});
  return api;
}

api_summary named(std::string authority, std::string id) {
  auto api = api_summary{};
  api.authority = std::move(authority);
  api.id = std::move(id);
  return api;
}

std::string authorities(const std::string& text) {
  auto out = std::string{};
  const auto parsed = boost::json::parse(text);
  for (const auto& api : parsed.at("apis").as_array())
    out += std::string{api.at("authority").as_string()} + "#" + std::string{api.at("id").as_string()} + " ";
  return out;
}

std::string first_seen_of(wall_time when) {
  auto api = api_summary{};
  api.first_seen = when;
  return std::string{boost::json::parse(api_json(api)).at("first_seen").as_string()};
}

} // namespace

TEST_CASE("an empty inventory is an empty list") { CHECK(apis_json({}) == R"({"apis":[]})"); }

TEST_CASE("the list tells how many endpoints an API has, not which") {
  const auto apis = std::array{shop()};
  CHECK(apis_json(apis) ==
        R"({"apis":[{"id":"00112233445566ff","authority":"shop.example:8443","served":12,"called":3,)"
        R"("first_seen":"2024-02-29T06:05:04.030Z","last_seen":"2024-02-29T06:05:05.030Z","endpoint_count":1}]})");
}

TEST_CASE("one API is told with its endpoints and their statuses") {
  CHECK(api_json(shop()) ==
        R"({"id":"00112233445566ff","authority":"shop.example:8443","served":12,"called":3,)"
        R"("first_seen":"2024-02-29T06:05:04.030Z","last_seen":"2024-02-29T06:05:05.030Z","endpoint_count":1,)"
        R"("endpoints":[{"method":"GET","path":"/users/{userId}","served":12,"called":2,)"
        R"("first_seen":"2024-02-29T06:05:04.030Z","last_seen":"2024-02-29T06:05:05.030Z",)"
        R"("statuses":{"none":1,"200":12,"404":1},"sensitive":[{"class":"email","place":"request.body.mail",)"
        R"("exchanges":3,"shown":2,"last_seen":"1970-01-01T00:00:01.000Z"}]}]})");
}

TEST_CASE("the list is ordered by authority, then id, whatever the order of the inventory") {
  const auto apis = std::array{named("b", "2"), named("a", "3"), named("b", "1"), named("", "4")};
  CHECK(authorities(apis_json(apis)) == "#4 a#3 b#1 b#2 ");
}

TEST_CASE("endpoints keep the order of the inventory") {
  auto api = api_summary{};
  for (const auto* path : {"/b", "/a", "/c"})
    api.endpoints.push_back({.method = "GET", .path = path, .statuses = {}});
  auto paths = std::string{};
  const auto parsed = boost::json::parse(api_json(api));
  for (const auto& endpoint : parsed.at("endpoints").as_array())
    paths += std::string{endpoint.at("path").as_string()};
  CHECK(paths == "/b/a/c");
}

TEST_CASE("an endpoint without statuses has an empty object") {
  auto api = api_summary{};
  api.endpoints.push_back({.method = "GET", .path = "/", .statuses = {}});
  CHECK(boost::json::parse(api_json(api)).at("endpoints").at(0).at("statuses").as_object().empty());
}

TEST_CASE("times are rounded down to milliseconds, also before 1970") {
  CHECK(first_seen_of(wall_time{}) == "1970-01-01T00:00:00.000Z");
  CHECK(first_seen_of(wall_time{999'999ns}) == "1970-01-01T00:00:00.000Z");
  CHECK(first_seen_of(wall_time{-1ns}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("the first and the last time that can be told have four-digit years") {
  CHECK(first_seen_of(wall_time::max()) == "2262-04-11T23:47:16.854Z");
  CHECK(first_seen_of(wall_time::min()) == "1677-09-21T00:12:43.145Z");
}

TEST_CASE("the largest counts are told exactly") {
  auto api = api_summary{};
  api.served = std::numeric_limits<std::uint64_t>::max();
  CHECK(api_json(api).find(R"("served":18446744073709551615)") != std::string::npos);
}

TEST_CASE("names that are not UTF-8 give valid JSON with replacement characters") {
  auto api = named("h\xFFst", "id");
  api.endpoints.push_back({.method = "G\xC3", .path = "/\xED\xA0\x80/ok", .statuses = {}});
  const auto parsed = boost::json::parse(api_json(api));
  CHECK(parsed.at("authority").as_string() == "h\uFFFDst");
  CHECK(parsed.at("endpoints").at(0).at("method").as_string() == "G\uFFFD");
  CHECK(parsed.at("endpoints").at(0).at("path").as_string() == "/\uFFFD\uFFFD\uFFFD/ok");
  CHECK(authorities(apis_json(std::array{api})) == "h\uFFFDst#id ");
}

TEST_CASE("quotes, control characters and NUL in names are escaped") {
  const auto text = api_json(named("a\"b\\c\n\x01\0z"s, "id"));
  CHECK(text.find(R"("authority":"a\"b\\c\n\u0001\u0000z")") != std::string::npos);
}

TEST_CASE("a name of a megabyte comes through whole") {
  const auto huge = std::string(1 << 20, 'x');
  CHECK(boost::json::parse(api_json(named(huge, "id"))).at("authority").as_string() == huge);
}

TEST_CASE("an error is told with its cause") {
  CHECK(error_json("no API has the id \"x\"") == R"({"error":"no API has the id \"x\""})");
  CHECK(error_json("") == R"({"error":""})");
  CHECK(error_json("\xFF") == "{\"error\":\"\uFFFD\"}");
}
