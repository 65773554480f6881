// What perf tells of programs that start, on this kernel.
#include "actors/ring/mapping_watch.hpp"

#include "test/support/temporary_directory.hpp"
#include "test/support/wait_until.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <sys/wait.h>
#include <unistd.h>

using namespace cleartap;
using namespace cleartap::support;

namespace {

/// Runs `program` and waits until it has ended.
std::uint32_t run_program(const std::filesystem::path& program) {
  auto pid = fork();
  if (pid == 0) {
    execl(program.c_str(), program.c_str(), nullptr);
    _exit(127);
  }
  auto status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  REQUIRE(status == 0);
  return static_cast<std::uint32_t>(pid);
}

} // namespace

TEST_CASE("a program is named by its own file, however it was called, and before what it maps") {
  auto watch = mapping_watch::open();
  if (!watch)
    SKIP(watch.error().text);
  auto home = temporary_directory{};
  std::filesystem::create_symlink("/bin/true", home.path() / "link");
  auto events = std::vector<process_event>{};
  for (auto i = 0; i < 20; ++i) {
    auto pid = run_program(home.path() / "link");
    auto of_it = [&] {
      auto own = std::vector<process_event>{};
      std::ranges::copy_if(events, std::back_inserter(own), [&](const auto& each) { return each.pid == pid; });
      return own;
    };
    REQUIRE(wait_until([&] {
      watch->drain(events);
      return of_it().size() >= 3; // itself, its loader, its libc
    }));
    auto own = of_it();
    CHECK(own[0].kind == process_event_kind::program);
    CHECK(own[0].path == std::filesystem::canonical("/bin/true"));
    CHECK(std::ranges::count(own, process_event_kind::program, &process_event::kind) == 1);
    CHECK(std::ranges::is_sorted(own, {}, &process_event::at));
    CHECK(own[0].at > kernel_time{0});
  }
}
