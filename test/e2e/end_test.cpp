// How cleartap ends, and that nobody notices.
#include "test/support/scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

using namespace cleartap;
using namespace cleartap::support;

namespace {

struct kernel_objects {
  std::set<std::string> programs;
  std::set<std::string> links;
};

/// What the process holds, by its file descriptors.
kernel_objects kernel_objects_of(pid_t pid) {
  auto held = kernel_objects{};
  for (const auto& file : std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fdinfo"}) {
    auto lines = std::ifstream{file.path()};
    auto key = std::string{};
    auto id = std::string{};
    while (lines >> key >> id) {
      if (key == "prog_id:")
        held.programs.insert(id);
      if (key == "link_id:")
        held.links.insert(id);
    }
  }
  return held;
}

/// Those that the kernel still has. A link or a program goes a moment after its last descriptor.
std::size_t remaining(const kernel_objects& held) {
  auto left = [](const std::string& kind, const std::set<std::string>& ids) {
    return std::ranges::count_if(
        ids, [&](const std::string& id) { return run({{"bpftool", kind, "show", "id", id}}).status == 0; });
  };
  return static_cast<std::size_t>(left("prog", held.programs) + left("link", held.links));
}

struct ongoing_traffic {
  explicit ongoing_traffic(const web_server& web)
      : requests{curl(web.url("/echo/" + unique_word() + "/[1-3000]"), {"--fail", "--write-out", "\n"})} {}

  bool begun() const { return std::ranges::count(requests.output(), '\n') > 100; }
  bool all_answered() { return requests.wait(30s) == 0 && std::ranges::count(requests.output(), '\n') == 3000; }

  child requests;
};

} // namespace

TEST_CASE("Ctrl+C takes everything out of the kernel, and nginx serves on") {
  if (!installed("bpftool"))
    SKIP("there is no bpftool to look into the kernel with");
  for (auto signal : {SIGINT, SIGTERM}) {
    auto in = scene{};
    auto held = kernel_objects_of(in.tap.program().pid());
    REQUIRE(held.programs.size() >= 11);
    REQUIRE(held.links.size() >= 6);
    CHECK(remaining(held) == held.programs.size() + held.links.size());
    auto traffic = ongoing_traffic{in.web};
    REQUIRE(wait_until([&] { return traffic.begun(); }));
    in.tap.program().signal(signal);
    CHECK(in.tap.program().wait(5s) == 0);
    CHECK(in.tap.program().output().ends_with("stopped; nothing is attached any more\n"));
    CHECK(in.watch.program().wait(5s).has_value());
    CHECK(wait_until([&] { return remaining(held) == 0; }));
    CHECK(traffic.all_answered());
    CHECK(in.web.serves());
  }
}

TEST_CASE("a peer that keeps its connection does not keep cleartap from ending") {
  auto home = temporary_directory{};
  auto settings = instance_settings{home.path()};
  auto tap = sniffer{settings};
  auto idle = connection{settings.page()};
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  auto slow = connection{settings.metrics()};
  slow.send("GET /healthz");
  tap.program().signal(SIGINT);
  CHECK(wait_until([&] {
    slow.send("a");
    return !tap.program().running();
  }));
}

TEST_CASE("kill -9 under traffic leaves nothing in the kernel and disturbs nobody") {
  if (!installed("bpftool"))
    SKIP("there is no bpftool to look into the kernel with");
  auto in = scene{};
  auto held = kernel_objects_of(in.tap.program().pid());
  auto workers = in.web.workers();
  auto traffic = ongoing_traffic{in.web};
  REQUIRE(wait_until([&] { return traffic.begun(); }));
  in.tap.program().signal(SIGKILL);
  CHECK(in.tap.program().wait() == 128 + SIGKILL);
  CHECK(traffic.all_answered());
  CHECK(in.web.serves());
  CHECK(in.web.workers() == workers);
  CHECK(wait_until([&] { return remaining(held) == 0; }));
}
