// Mistakes of users: one line that names the cause and the mend.
#include "test/support/scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;

namespace {

struct refusal {
  std::string cause;
  std::string mend;
};

void check_refused(const finished& done, const refusal& expected) {
  INFO(done.complaints);
  CHECK(done.status > 0);
  CHECK(done.status < 128);
  CHECK(done.output == "");
  CHECK(done.complaints.starts_with("cleartap: "));
  CHECK(std::ranges::count(done.complaints, '\n') == 1);
  CHECK(done.complaints.ends_with("\n"));
  CHECK(done.complaints.find(expected.cause) != std::string::npos);
  CHECK(done.complaints.find(expected.mend) != std::string::npos);
}

finished standalone_with(const temporary_directory& home, const std::string& key, const std::string& value) {
  auto settings = instance_settings{home.path()};
  settings.set(key, value);
  return run(settings.with({"standalone"}));
}

} // namespace

TEST_CASE("without the privileges for probes one line tells which are needed") {
  auto home = temporary_directory{};
  for (auto mode : {"standalone", "watch"}) {
    auto what = instance_settings{home.path()}.with({mode});
    what.words.insert(what.words.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    check_refused(run(what), {"Operation not permitted", "CAP_BPF"});
  }
}

TEST_CASE("a taken port is told with the setting that chooses another") {
  auto home = temporary_directory{};
  auto web = web_server{};
  for (auto key : {"page.listen", "metrics.listen", "admin.listen"})
    check_refused(
        standalone_with(home, key, loopback(web.port())),
        {"cannot listen at " + loopback(web.port()) + ": Address already in use", "--set " + std::string{key}});
}

TEST_CASE("a file in the place of the store's directory is told") {
  auto home = temporary_directory{};
  auto file = home.write("file", "");
  check_refused(standalone_with(home, "store.path", file / "store"), {"Not a directory", "store.path"});
  check_refused(standalone_with(home, "store.path", file), {file, "store.path"});
}

TEST_CASE("a store that is no database is told and left as it is") {
  auto home = temporary_directory{};
  auto file = home.write("other/cleartap.db", std::string(8192, 'x'));
  check_refused(standalone_with(home, "store.path", home.path() / "other"), {"not a database", "store.path"});
  CHECK(content_of(file) == std::string(8192, 'x'));
}

TEST_CASE("a store that another cleartap uses is told") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  auto second = instance_settings{home.path()};
  check_refused(run(second.with({"standalone"})), {"locked", "another cleartap"});
  CHECK(tap.program().running());
}

TEST_CASE("a token file that cannot be written is told") {
  auto home = temporary_directory{};
  auto file = home.write("file", "");
  check_refused(standalone_with(home, "admin.token_file", file / "token"), {"Not a directory", "admin.token_file"});
}

TEST_CASE("a page token that protects nothing is told") {
  auto home = temporary_directory{};
  auto with_token = [&](const std::filesystem::path& file) { return standalone_with(home, "page.token_file", file); };
  check_refused(with_token(home.path() / "none"), {"No such file", "openssl rand -hex 32"});
  check_refused(with_token(home.write("empty", "\n")), {"is empty", "page.token_file: "});
  check_refused(with_token(home.write("short", "0123456789\n")), {"10 characters", "at least 16"});
}

TEST_CASE("an admin port that others could reach is refused") {
  auto home = temporary_directory{};
  check_refused(standalone_with(home, "admin.listen", "0.0.0.0:0"),
                {"admin.listen 0.0.0.0:0 is not on loopback", "use 127.0.0.1"});
}

TEST_CASE("a configuration that cannot be read is told") {
  auto home = temporary_directory{};
  auto with_file = [&](const std::filesystem::path& file) {
    return run(instance_settings{home.path()}.with({"standalone", "--config", file}));
  };
  check_refused(with_file(home.path() / "none.yaml"), {"No such file", "--config"});
  check_refused(with_file(home.path()), {"Is a directory", "name a file"});
  check_refused(with_file(home.write("broken.yaml", "page: [\n")), {"broken.yaml:", ""});
  check_refused(with_file(home.write("unknown.yaml", "capture:\n  maxBuferSize: 4096\n")),
                {"unknown.yaml:2", "maxBufferSize"});
  check_refused(with_file(home.write("type.yaml", "\ncapture:\n  maxBufferSize: much\n")),
                {"type.yaml:3", "1024..65536"});
}

TEST_CASE("a wrong --set is told") {
  auto home = temporary_directory{};
  check_refused(standalone_with(home, "page.lisen", "127.0.0.1:0"), {"page.lisen: unknown key", "listen"});
  check_refused(standalone_with(home, "bodies.request_max", "-1"), {"bodies.request_max", "0..16777216"});
  check_refused(standalone_with(home, "metrics.listen", "9090"), {"metrics.listen", "IP:PORT"});
}

TEST_CASE("settings that make no sense together are told") {
  auto home = temporary_directory{};
  check_refused(standalone_with(home, "admin.listen", "0.0.0.0:9091"), {"admin.listen", "use 127.0.0.1"});
  check_refused(standalone_with(home, "link.exchanges_max", "1"),
                {"pipeline.uplink.batch_max", "raise link.exchanges_max"});
  auto settings = instance_settings{home.path()};
  settings.set("page.listen", "0.0.0.0:" + std::to_string(settings.metrics()));
  check_refused(run(settings.with({"standalone"})), {"metrics.listen", "a port of its own"});
}

TEST_CASE("a wrong command line is told") {
  check_refused(run({{cleartap_executable()}}), {"subcommand", "--help"});
  check_refused(run({{cleartap_executable(), "standalon"}}), {"standalon", "--help"});
  check_refused(run({{cleartap_executable(), "standalone", "--nonsense"}}), {"--nonsense", "--help"});
  check_refused(run({{cleartap_executable(), "watch", "--for", "-1"}}), {"--for", "--help"});
}

TEST_CASE("ctl without a running cleartap tells how to start one") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  for (auto verb : {"actors", "losses", "pause"})
    check_refused(run(settings.with({"ctl", verb})),
                  {"no cleartap answers at " + loopback(settings.admin()), "cleartap standalone"});
}

TEST_CASE("ctl with a token of another run is refused") {
  auto home = temporary_directory{};
  auto tap = sniffer{instance_settings{home.path()}};
  auto settings = tap.settings();
  settings.set("admin.token_file", home.write("old.token", std::string(64, '0')));
  check_refused(run(settings.with({"ctl", "losses"})), {"refused", "admin.token_file"});
  settings.set("admin.token_file", home.path() / "none.token");
  check_refused(run(settings.with({"ctl", "losses"})), {"No such file", "Run as the same user"});
}
