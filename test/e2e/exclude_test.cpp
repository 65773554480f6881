// Programs that are never captured: discovery.exclude, also while cleartap runs.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <optional>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace fs = std::filesystem;

/// A program of a path of its own.
class own_curl {
public:
  own_curl() { fs::copy_file("/usr/bin/curl", path()); }

  std::string path() const { return home_.path() / "own curl"; }
  std::string pattern() const { return home_.path() / "own*"; }

  void fetch(const std::string& url) const {
    auto what = curl(url);
    what.words[0] = path();
    REQUIRE(run(what).status == 0);
  }

private:
  temporary_directory home_;
};

/// Settings in a file, so that they can be read anew.
struct file_scene {
  explicit file_scene(const std::string& excluded) {
    write(excluded);
    tap.emplace(instance_settings{home.path()}, std::vector<std::string>{"--config", file});
    watch.emplace(tap->settings());
    watch->warm_up(called("server", web.authority(), "/echo/warm"),
                   [&] { static_cast<void>(fetch(web.url("/echo/warm"))); });
  }

  void write(const std::string& excluded) {
    file = home.write("cleartap.yaml", "discovery: {exclude: [" + excluded + "]}\n");
  }

  void reload(const std::string& excluded) {
    write(excluded);
    REQUIRE(run(tap->settings().with({"ctl", "reload"})).status == 0);
  }

  temporary_directory home;
  std::string file;
  web_server web;
  std::optional<sniffer> tap;
  std::optional<watcher> watch;
};

} // namespace

TEST_CASE("an excluded program is never shown, from its first call on, and others are") {
  auto excluded_one = own_curl{};
  auto in = scene{{{"discovery.exclude", "[\"" + excluded_one.pattern() + "\"]"}}};
  auto path = "/echo/" + unique_word();
  for (auto i = 0; i < 10; ++i)
    excluded_one.fetch(in.web.url(path));
  // Ten calls by a program of the same kind that is not excluded end what has to be seen.
  auto other = own_curl{};
  for (auto i = 0; i < 10; ++i)
    other.fetch(in.web.url(path));
  auto seen = in.watch.expect(10, called("client", in.web.authority(), path));
  in.watch.expect(20, called("server", in.web.authority(), path));
  for (const auto& each : in.watch.seen(called("client", in.web.authority(), path)))
    CHECK(text(each, "/process/exe") == other.path());
  CHECK(in.watch.seen(called("client", in.web.authority(), path)).size() == 10);
}

TEST_CASE("a program that was called by a link is excluded by its file") {
  auto excluded_one = own_curl{};
  auto home = temporary_directory{};
  fs::create_symlink(excluded_one.path(), home.path() / "alias");
  auto in = scene{{{"discovery.exclude", "[\"" + excluded_one.pattern() + "\"]"}}};
  auto path = "/echo/" + unique_word();
  auto what = curl(in.web.url(path));
  what.words[0] = home.path() / "alias";
  REQUIRE(run(what).status == 0);
  REQUIRE(fetch(in.web.url(path + "/end")).status == 200);
  in.expect_call(path + "/end");
  in.expect_served(path);
  CHECK(in.watch.seen(called("client", in.web.authority(), path)).empty());
}

TEST_CASE("the list of excluded programs changes while cleartap runs") {
  auto one = own_curl{};
  auto in = file_scene{""};
  // Whether a call of the program is shown. A call of another program, made after it, ends what has to be seen.
  auto shown = [&] {
    auto path = "/echo/" + unique_word();
    one.fetch(in.web.url(path));
    in.watch->expect_one(called("server", in.web.authority(), path)); // of nginx, in any case
    auto marker = "/echo/" + unique_word();
    REQUIRE(fetch(in.web.url(marker)).status == 200);
    in.watch->expect_one(called("client", in.web.authority(), marker));
    return !in.watch->seen(called("client", in.web.authority(), path)).empty();
  };
  CHECK(shown());
  in.reload("\"" + one.pattern() + "\"");
  CHECK(wait_until([&] { return !shown(); })); // actors take settings over one after the other
  for (auto i = 0; i < 5; ++i)
    CHECK_FALSE(shown());
  in.reload("");
  CHECK(wait_until(shown));
}

TEST_CASE("a pattern that matches no absolute path is refused, and nothing changes") {
  auto in = file_scene{"/opt/*"};
  in.write("curl");
  auto refused = run(in.tap->settings().with({"ctl", "reload"}));
  CHECK(refused.status != 0);
  CHECK(refused.complaints.find("discovery.exclude") != std::string::npos);
}
