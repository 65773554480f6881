// Who uses TLS, and whether and why not it is captured: `cleartap ctl coverage`. The packets looked at are those of a
// cgroup of the test's own.
#include "test/support/scene.hpp"
#include "test/support/test_cgroup.hpp"
#include "test/unit/coverage/hellos.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

namespace fs = std::filesystem;

/// All that this test starts is in its cgroup, and cleartap looks at that one.
struct watched_group {
  explicit watched_group(std::vector<std::pair<std::string, std::string>> more = {}) {
    if (group.path().empty())
      SKIP("no cgroup v2, or no permission to make one");
    static_cast<void>(run({{"true"}})); // what watches over all children begins with the first, and stays outside
    group.enter();
    auto settings = instance_settings{home.path()};
    settings.set("coverage.enabled", "true");
    settings.set("coverage.cgroup", group.path());
    for (const auto& [key, wanted] : more)
      settings.set(key, wanted);
    tap.emplace(settings);
    auto wire = tap->ctl("coverage").at("wire");
    if (text(wire, "/seen") != "true")
      SKIP(text(wire, "/complaint"));
  }

  /// The row of a process once `fits`; throws if that does not come.
  value row(pid_t pid, const std::function<bool(const value&)>& fits) const {
    auto found = value{};
    auto come = wait_until([&] {
      auto rows = tap->ctl("coverage").at("processes").as_array();
      for (const auto& each : rows)
        if (number(each, "/pid") == pid && fits(each))
          found = each;
      return !found.is_null();
    });
    if (!come)
      throw std::runtime_error{"no such row of " + std::to_string(pid) + " in " +
                               run(tap->settings().with({"ctl", "coverage"})).output};
    return found;
  }

  test_cgroup group;
  temporary_directory home;
  std::optional<sniffer> tap;
};

bool captured(const value& row) { return text(row, "/captured") == "true"; }

std::function<bool(const value&)> because(const std::string& words) {
  return [=](const value& row) { return !captured(row) && text(row, "/reason").find(words) != std::string::npos; };
}

/// A port where whoever connects is neither answered nor let go.
class silent_server {
public:
  silent_server() : socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}, port_{free_port()} {
    auto where = sockaddr_in{.sin_family = AF_INET, .sin_port = htons(port_), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    REQUIRE(bind(socket_.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
    REQUIRE(listen(socket_.get(), 16) == 0);
  }
  std::string port() const { return std::to_string(port_); }

private:
  descriptor socket_;
  std::uint16_t port_;
};

} // namespace

TEST_CASE("a program that is captured is told with its hello, its library and its plaintext") {
  auto in = watched_group{};
  auto web = web_server{};
  auto client = child{curl(web.url("/echo/covered"))};
  REQUIRE(client.wait() == 0);
  auto row =
      in.row(client.pid(), [](const value& each) { return captured(each) && number(each, "/hellos/client") == 1; });
  CHECK(number(row, "/hellos/server") == 0);
  CHECK(text(row, "/server_name") == "localhost");
  CHECK(text(row, "/exe") == "/usr/bin/curl");
  CHECK(text(row, "/comm") == "curl");
  CHECK(text(row, "/alive") == "false");
  CHECK(text(row, "/family") == "OpenSSL");
  CHECK(text(row, "/library").find("libssl") != std::string::npos);
  CHECK(text(row, "/probes") == "true");
  CHECK(number(row, "/plaintext_bytes") > 0);
  CHECK(text(row, "/reason") == "null");
  // The master made the socket, its workers accept.
  auto served =
      in.row(web.master(), [](const value& each) { return captured(each) && number(each, "/hellos/server") >= 1; });
  CHECK(number(served, "/hellos/client") == 0);
  CHECK(text(served, "/alive") == "true");
}

TEST_CASE("an excluded program is told as such") {
  auto home = temporary_directory{};
  auto program = home.path() / "agent";
  fs::copy_file("/usr/bin/curl", program);
  auto in = watched_group{{{"discovery.exclude", "[\"" + program.string() + "\"]"}}};
  auto web = web_server{};
  auto what = curl(web.url("/echo/excluded"));
  what.words[0] = program;
  auto client = child{what};
  REQUIRE(client.wait() == 0);
  auto excluded = because("excluded by discovery.exclude: " + program.string());
  auto row =
      in.row(client.pid(), [&](const value& each) { return excluded(each) && number(each, "/hellos/client") == 1; });
  CHECK(text(row, "/exe") == program);
}

TEST_CASE("a program without any known library is told, also when it only sends what looks like TLS") {
  auto in = watched_group{};
  auto server = silent_server{};
  auto bytes = hellos::hello{.extensions = hellos::server_name("plain.example")}.record();
  auto file = in.home.write("hello", std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  auto client = child{
      {.words = {"bash", "-c",
                 "exec 3<>/dev/tcp/127.0.0.1/" + server.port() + "; cat " + file.string() + " >&3; read -r -u 3"}}};
  auto row = in.row(client.pid(), because("no TLS library that cleartap knows"));
  CHECK(text(row, "/server_name") == "plain.example");
  CHECK(text(row, "/family") == "null");
  CHECK(text(row, "/alive") == "true");
}

TEST_CASE("a Go program is told as one") {
  if (!installed("go"))
    SKIP("go is not installed");
  auto in = watched_group{};
  auto server = silent_server{};
  // The go command itself asks a module's server for versions, in its own TLS.
  auto client = child{{.words = {"go", "list", "-m", "-versions", "module.example/none@latest"},
                       .environment = {{"GOPROXY", "https://localhost:" + server.port()},
                                       {"GOFLAGS", "-mod=mod"},
                                       {"GONOSUMDB", "*"},
                                       {"GOTOOLCHAIN", "local"},
                                       {"GOENV", "off"},
                                       {"HOME", in.home.path()}}}};
  auto row = in.row(client.pid(), because("Go's crypto/tls"));
  CHECK(number(row, "/hellos/client") >= 1);
  CHECK(text(row, "/server_name") == "localhost");
}

TEST_CASE("a Java program is told as one") {
  if (!installed("javac"))
    SKIP("javac is not installed");
  auto in = watched_group{};
  auto server = silent_server{};
  auto source = in.home.write("Call.java", R"(
public class Call {
  public static void main(String[] words) throws Exception {
    var socket = (javax.net.ssl.SSLSocket)javax.net.ssl.SSLSocketFactory.getDefault().createSocket(
        "localhost", Integer.parseInt(words[0]));
    socket.startHandshake();
  }
}
)");
  auto client = child{{.words = {"java", source, server.port()}}};
  auto row = in.row(client.pid(), because("Java"));
  CHECK(number(row, "/hellos/client") == 1);
}

TEST_CASE("connections that are older than the probes are told, and new ones captured") {
  auto in = watched_group{};
  auto home = temporary_directory{};
  // A library that has no probes yet when the connection begins: its first user is that program.
  fs::copy_file("/usr/lib/x86_64-linux-gnu/libssl.so.3", home.path() / "libssl.so.3");
  auto server = silent_server{};
  auto what = curl("https://localhost:" + server.port() + "/");
  what.environment.emplace_back("LD_LIBRARY_PATH", home.path());
  auto client = child{what};
  auto row = in.row(client.pid(), [](const value& each) { return !captured(each) && text(each, "/probes") == "true"; });
  CHECK(number(row, "/hellos/client") == 1);
  CHECK(text(row, "/reason").find("probes") != std::string::npos);
}

TEST_CASE("without a view of the network that is told, and what is captured is known all the same") {
  auto home = temporary_directory{};
  auto web = web_server{};
  auto tap = sniffer{instance_settings{home.path()}};
  auto client = child{curl(web.url("/echo/unseen"))};
  REQUIRE(client.wait() == 0);
  CHECK(wait_until([&] {
    auto rows = tap.ctl("coverage").at("processes").as_array();
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& each) { return number(each, "/pid") == client.pid() && captured(each); });
  }));
  auto wire = tap.ctl("coverage").at("wire");
  CHECK(text(wire, "/seen") == "false");
  CHECK(text(wire, "/complaint").find("coverage.enabled") != std::string::npos);
  auto shown = run(tap.settings().with({"ctl", "coverage"}));
  CHECK(shown.output.find("The network is not looked at") != std::string::npos);
}
