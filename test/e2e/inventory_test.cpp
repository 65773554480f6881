// What is learnt of the APIs, and that it outlives the process.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

void call_users(const web_server& web, const std::string& host, int first, int last) {
  auto range = "[" + std::to_string(first) + "-" + std::to_string(last) + "]";
  REQUIRE(run(curl(web.url("/users/" + range), {"-H", "Host: " + host})).status == 0);
}

/// The API of that authority as the list tells it; null if it is not there.
value listed(const sniffer& tap, const std::string& authority) {
  auto list = tap.rest("/api/v1/apis");
  if (list.is_object())
    for (const auto& each : list.at("apis").as_array())
      if (text(each, "/authority") == authority)
        return each;
  return nullptr;
}

bool counts(const sniffer& tap, const std::string& authority, std::int64_t served, std::int64_t called) {
  auto api = listed(tap, authority);
  return number(api, "/served") == served && number(api, "/called") == called;
}

value document(const sniffer& tap, const std::string& authority) {
  return tap.rest("/api/v1/apis/" + text(listed(tap, authority), "/id") + "/openapi.json");
}

bool all_delivered(const sniffer& tap) {
  auto losses = tap.ctl("losses");
  for (const auto& stage : losses.at("stages").as_array())
    if (text(stage, "/name") == "uplink")
      return number(stage, "/queued") == 0;
  return false;
}

/// What SQLite says of a copy of the store.
std::string integrity(const instance_settings& settings) {
  constexpr auto check = R"(
import glob, os, shutil, sqlite3, sys, tempfile
with tempfile.TemporaryDirectory() as copy:
    for file in glob.glob(os.path.join(sys.argv[1], "*")):
        shutil.copy(file, copy)
    base = sqlite3.connect(os.path.join(copy, "cleartap.db"))
    print(base.execute("PRAGMA integrity_check").fetchone()[0])
)";
  auto done = run({{python(), "-c", check, settings.store()}});
  return done.output + done.complaints;
}

} // namespace

TEST_CASE("an API is listed with what was served and what was called apart") {
  auto in = scene{};
  auto host = unique_word() + ".example";
  call_users(in.web, host, 1, 6);
  CHECK(wait_until([&] { return counts(in.tap, host, 6, 6); }));
  auto api = listed(in.tap, host);
  CHECK(number(api, "/endpoint_count") == 1);
  CHECK(text(api, "/id").size() == 16);
  auto alone = in.tap.rest("/api/v1/apis/" + text(api, "/id"));
  CHECK(text(alone, "/endpoints/0/method") == "GET");
  CHECK(text(alone, "/endpoints/0/path") == "/users/{userId}");
  CHECK(number(alone, "/endpoints/0/served") == 6);
  CHECK(number(alone, "/endpoints/0/called") == 6);
  CHECK(number(alone, "/endpoints/0/statuses/200") == 12);
}

TEST_CASE("the OpenAPI document has path parameters and the types of the response") {
  auto in = scene{};
  auto host = unique_word() + ".example";
  call_users(in.web, host, 1, 6);
  REQUIRE(wait_until([&] { return counts(in.tap, host, 6, 6); }));
  auto openapi = document(in.tap, host);
  CHECK(text(openapi, "/openapi").starts_with("3."));
  auto get = openapi.at_pointer("/paths/~1users~1{userId}/get");
  CHECK(text(get, "/parameters/0/name") == "userId");
  CHECK(text(get, "/parameters/0/in") == "path");
  CHECK(text(get, "/parameters/0/schema/type") == "integer");
  auto properties = get.at_pointer("/responses/200/content/application~1json/schema/properties");
  CHECK(text(properties, "/id/type") == "integer");
  CHECK(text(properties, "/name/type") == "string");
  CHECK(text(properties, "/active/type") == "boolean");
  CHECK(text(properties, "/score/type") == "number");
  CHECK(text(properties, "/tags/type") == "array");
  CHECK(text(properties, "/tags/items/type") == "string");
}

TEST_CASE("the page answers 404 for an API that was never seen") {
  auto in = scene{};
  auto url = "http://" + loopback(in.tap.settings().page()) + "/api/v1/apis/0123456789abcdef";
  CHECK(fetch(url).status == 404);
  CHECK(fetch(url + "/openapi.json").status == 404);
}

TEST_CASE("after a restart the document is the same and counting goes on") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto host = unique_word() + ".example";
  auto web = web_server{};
  auto before = value{};
  {
    auto tap = sniffer{settings};
    call_users(web, host, 1, 6);
    REQUIRE(wait_until([&] { return counts(tap, host, 6, 6); }));
    before = document(tap, host);
    REQUIRE(tap.stop() == 0);
  }
  auto tap = sniffer{settings};
  CHECK(counts(tap, host, 6, 6));
  CHECK(document(tap, host) == before);
  call_users(web, host, 7, 10);
  CHECK(wait_until([&] { return counts(tap, host, 10, 10); }));
}

TEST_CASE("what passed just before Ctrl+C is in the store") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto host = unique_word() + ".example";
  auto web = web_server{};
  {
    auto tap = sniffer{settings};
    call_users(web, host, 1, 20);
    REQUIRE(tap.stop() == 0);
  }
  auto tap = sniffer{settings};
  CHECK(counts(tap, host, 20, 20));
}

TEST_CASE("after kill -9 under traffic the store is sound and has all that was acknowledged") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3 to read the store with");
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto host = unique_word() + ".example";
  auto web = web_server{};
  {
    auto tap = sniffer{settings};
    call_users(web, host, 1, 20);
    REQUIRE(wait_until([&] { return counts(tap, host, 20, 20) && all_delivered(tap); }));
    auto traffic = child{curl(web.url("/users/[100-50000]"), {"-H", "Host: " + host})};
    REQUIRE(wait_until([&] { return number(listed(tap, host), "/served") > 100; }));
    tap.program().signal(SIGKILL);
    REQUIRE(tap.program().wait() == 128 + SIGKILL);
  }
  CHECK(integrity(settings).starts_with("ok\n"));
  auto tap = sniffer{settings};
  auto kept = listed(tap, host);
  CHECK(number(kept, "/served") >= 20);
  CHECK(number(kept, "/called") >= 20);
  CHECK(document(tap, host).at("paths").as_object().contains("/users/{userId}"));
  auto served = number(kept, "/served");
  call_users(web, host, 1, 5);
  CHECK(wait_until([&] { return number(listed(tap, host), "/served") == served + 5; }));
}
