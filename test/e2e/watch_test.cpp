// `cleartap watch` by itself and for people.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

bool captures(const child& program) {
  return program.complaints().find("no cleartap is running: this one captures ") != std::string::npos;
}

} // namespace

TEST_CASE("watch alone captures by itself and shows only the process that was asked for") {
  auto home = temporary_directory{};
  auto web = web_server{};
  auto chosen = web.workers().front();
  auto watch = watcher{instance_settings{home.path()}, {"--for", "2", "--pid", std::to_string(chosen)}};
  REQUIRE(wait_until([&] { return captures(watch.program()); }));
  while (watch.program().running())
    static_cast<void>(fetch(web.url("/echo/alone")));
  CHECK(watch.program().wait() == 0);
  auto all = watch.seen([](const value&) { return true; });
  CHECK(!all.empty());
  for (const auto& each : all) {
    CHECK(number(each, "/process/pid") == chosen);
    CHECK(text(each, "/role") == "server");
    CHECK(text(each, "/request/path") == "/echo/alone");
  }
  CHECK_FALSE(std::filesystem::exists(home.path() / "store"));
  CHECK_FALSE(std::filesystem::exists(home.path() / "admin.token"));
}

TEST_CASE("watch alone ends by Ctrl+C with what it has") {
  auto home = temporary_directory{};
  auto web = web_server{};
  auto watch = watcher{instance_settings{home.path()}};
  REQUIRE(wait_until([&] { return captures(watch.program()); }));
  auto path = "/echo/" + unique_word();
  REQUIRE(fetch(web.url(path)).status == 200);
  watch.program().signal(SIGINT);
  CHECK(watch.program().wait(5s) == 0);
  CHECK(watch.seen(called("server", web.authority(), path)).size() == 1);
  CHECK(watch.seen(called("client", web.authority(), path)).size() == 1);
}

TEST_CASE("watch beside a running cleartap ends by Ctrl+C and leaves it alone") {
  auto in = scene{};
  in.watch.program().signal(SIGINT);
  CHECK(in.watch.program().wait(5s) == 0);
  CHECK(in.watch.program().complaints() == "");
  CHECK(in.tap.program().running());
  auto next = watcher{in.tap.settings(), {"--for", "0.5"}};
  CHECK(next.program().wait(5s) == 0);
}

TEST_CASE("watch shows people a line for each exchange") {
  auto in = scene{};
  auto people = child{in.tap.settings().with({"watch"})};
  auto path = "/echo/" + unique_word();
  auto lines = [&] {
    static_cast<void>(fetch(in.web.url(path)));
    return people.output();
  };
  REQUIRE(wait_until([&] { return lines().find(path) != std::string::npos; }));
  auto shown = people.output();
  auto begin = shown.rfind('\n', shown.find(path)) + 1;
  auto line = shown.substr(begin, shown.find('\n', begin) - begin);
  CHECK(line.find("GET ") != std::string::npos);
  CHECK(line.find(" 200") != std::string::npos);
  CHECK(line.find(in.web.authority()) != std::string::npos);
}

TEST_CASE("a fifth watcher is refused, and the four go on") {
  auto in = scene{};
  auto more = std::vector<std::unique_ptr<watcher>>{};
  auto warm = called("server", in.web.authority(), "/echo/more");
  for (auto i = 0; i < 3; ++i) {
    more.push_back(std::make_unique<watcher>(in.tap.settings()));
    more.back()->warm_up(warm, [&] { static_cast<void>(fetch(in.web.url("/echo/more"))); });
  }
  auto fifth = run(in.tap.settings().with({"watch", "--for", "2"}));
  CHECK(fifth.status == 1);
  CHECK(fifth.complaints.starts_with("cleartap: "));
  CHECK(fetch(in.web.url("/echo/last")).status == 200);
  for (auto& each : more)
    CHECK(each->expect(1, called("server", in.web.authority(), "/echo/last")).size() == 1);
}
