// Libraries whose files are shared by containers, replaced while they are in use, or gone. The containers' files are
// real overlays, mounted where the test alone sees them.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <sys/mount.h>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto libssl = "/usr/lib/x86_64-linux-gnu/libssl.so.3";

/// A mount namespace of its own for what this thread starts while it lives.
class private_mounts {
public:
  private_mounts() : before_{open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC)} {
    if (unshare(CLONE_FS | CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      SKIP("no permission for a mount namespace");
  }
  private_mounts(const private_mounts&) = delete;
  private_mounts& operator=(const private_mounts&) = delete;
  ~private_mounts() { setns(before_.get(), CLONE_NEWNS); }

private:
  descriptor before_;
};

/// Two overlays over one layer that holds a libssl of its own.
class two_containers {
public:
  two_containers() {
    fs::create_directories(home_.path() / "lower");
    fs::copy_file(libssl, home_.path() / "lower" / "libssl.so.3");
    fs::create_directories(home_.path() / "boxes");
    if (mount("tmpfs", (home_.path() / "boxes").c_str(), "tmpfs", 0, nullptr) != 0)
      SKIP("no permission to mount");
    for (const auto* name : {"a", "b"})
      add(name);
  }
  two_containers(const two_containers&) = delete;
  two_containers& operator=(const two_containers&) = delete;
  ~two_containers() {
    for (const auto* name : {"a", "b"})
      umount2((home_.path() / "boxes" / name / "merged").c_str(), MNT_DETACH);
    umount2((home_.path() / "boxes").c_str(), MNT_DETACH);
  }

  std::string library_directory(const std::string& name) const { return home_.path() / "boxes" / name / "merged"; }

private:
  void add(const std::string& name) {
    auto box = home_.path() / "boxes" / name;
    for (const auto* part : {"upper", "work", "merged"})
      fs::create_directories(box / part);
    auto options = "lowerdir=" + (home_.path() / "lower").string() + ",upperdir=" + (box / "upper").string() +
                   ",workdir=" + (box / "work").string();
    if (mount("overlay", (box / "merged").c_str(), "overlay", 0, options.c_str()) != 0)
      SKIP("no permission to mount an overlay");
  }

  temporary_directory home_;
};

command with_library(const std::string& directory, const std::string& url) {
  auto what = curl(url);
  what.environment.emplace_back("LD_LIBRARY_PATH", directory);
  return what;
}

json::array libraries_below(const sniffer& tap, const std::string& directory) {
  auto all = json::array{};
  auto libraries = tap.ctl("libraries").at("libraries").as_array();
  for (const auto& each : libraries)
    if (text(each, "/path").starts_with(directory))
      all.push_back(each);
  return all;
}

bool attached(const sniffer& tap, const std::string& directory) {
  auto all = libraries_below(tap, directory);
  return !all.empty() && text(all[0], "/state") != "attaching";
}

/// A directory with a libssl of its own.
class own_library {
public:
  own_library() { fs::copy_file(libssl, file()); }

  std::string directory() const { return home_.path(); }
  fs::path file() const { return home_.path() / "libssl.so.3"; }

  /// As a package's upgrade does: another file takes the name.
  void replace() const {
    fs::copy_file(libssl, home_.path() / "new");
    fs::rename(home_.path() / "new", file());
  }

private:
  temporary_directory home_;
};

constexpr auto serve_with_python = R"(
import http.server, ssl, sys
port, cert, key = int(sys.argv[1]), sys.argv[2], sys.argv[3]
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(cert, key)
server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
)";

std::size_t count_of(const std::string& what, const std::string& text) {
  auto count = std::size_t{0};
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

} // namespace

TEST_CASE("two containers of one image are captured by one set of probes, each byte once") {
  auto in = scene{};
  auto mounts = private_mounts{};
  auto boxes = two_containers{};
  auto path = "/echo/" + unique_word();
  REQUIRE(run(with_library(boxes.library_directory("a"), in.web.url(path + "/first"))).status == 0);
  REQUIRE(wait_until([&] { return attached(in.tap, boxes.library_directory("a")); }));
  for (const auto* name : {"a", "b", "a", "b"}) {
    auto own = path + "/" + name;
    REQUIRE(run(with_library(boxes.library_directory(name), in.web.url(own))).status == 0);
  }
  for (const auto* name : {"a", "b"}) {
    auto seen = in.watch.expect(2, called("client", in.web.authority(), path + "/" + name));
    CHECK(seen.size() == 2);
    for (const auto& each : seen)
      CHECK(text(each, "/quality") == "complete");
  }
  // What would come twice has come by the time that a later call is shown.
  REQUIRE(run(with_library(boxes.library_directory("b"), in.web.url(path + "/end"))).status == 0);
  in.watch.expect_one(called("client", in.web.authority(), path + "/end"));
  CHECK(in.watch.seen(called("client", in.web.authority(), path + "/b")).size() == 2);
  CHECK(libraries_below(in.tap, boxes.library_directory("a")).size() == 1);
  CHECK(libraries_below(in.tap, boxes.library_directory("b")).empty()); // it is the other one
}

TEST_CASE("a library that was replaced while a program has it is captured in that program, and the new one in others") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  auto library = own_library{};
  auto port = free_port();
  auto server = child{{.words = {python(), "-c", serve_with_python, std::to_string(port), test_certificate().chain,
                                 test_certificate().key},
                       .environment = {{"LD_LIBRARY_PATH", library.directory()}}}};
  auto url = "https://localhost:" + std::to_string(port) + "/";
  REQUIRE(wait_until([&] { return fetch(url).status == 200; }));
  library.replace();
  auto in = scene{};
  REQUIRE(wait_until([&] { return attached(in.tap, library.directory()); }));
  auto path = unique_word();
  REQUIRE(fetch(url + path).status == 404);
  auto served = in.watch.expect_one(called("server", "localhost:" + std::to_string(port), "/" + path));
  CHECK(number(served, "/process/pid") == server.pid());
  CHECK(text(served, "/quality") == "complete");
  REQUIRE(run(with_library(library.directory(), in.web.url("/echo/" + path))).status == 0);
  REQUIRE(wait_until([&] { return libraries_below(in.tap, library.directory()).size() == 2; }));
  REQUIRE(run(with_library(library.directory(), in.web.url("/echo/" + path + "/new"))).status == 0);
  in.watch.expect_one(called("client", in.web.authority(), "/echo/" + path + "/new"));
}

TEST_CASE("a library is let go at once when its file is gone with its last user, and else kept for a while") {
  auto in = scene{};
  auto kept = own_library{};
  auto gone = std::optional<own_library>{std::in_place};
  for (const auto& directory : {kept.directory(), gone->directory()}) {
    REQUIRE(run(with_library(directory, in.web.url("/echo/once"))).status == 0);
    REQUIRE(wait_until([&] {
      auto rows = libraries_below(in.tap, directory);
      return rows.size() == 1 && text(rows[0], "/state") == "unused";
    }));
  }
  auto directory = gone->directory();
  gone.reset();
  CHECK(wait_until([&] { return libraries_below(in.tap, directory).empty(); }));
  CHECK(libraries_below(in.tap, kept.directory()).size() == 1);
}

TEST_CASE("a stream of short programs misses no call and attaches once") {
  auto in = scene{};
  auto library = own_library{};
  auto path = "/echo/" + unique_word();
  REQUIRE(run(with_library(library.directory(), in.web.url(path + "/first"))).status == 0);
  REQUIRE(wait_until([&] { return attached(in.tap, library.directory()); }));
  constexpr auto calls = std::size_t{100};
  for (auto i = std::size_t{0}; i < calls; ++i)
    REQUIRE(run(with_library(library.directory(), in.web.url(path))).status == 0);
  auto seen = in.watch.expect(calls, called("client", in.web.authority(), path));
  CHECK(seen.size() == calls);
  for (const auto& each : seen)
    CHECK(text(each, "/quality") == "complete");
  CHECK(count_of("probes attached to " + library.file().string(), in.tap.program().complaints()) == 1);
}
