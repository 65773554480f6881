#include "actors/rescan/ignored_processes.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

/// Keeps what the kernel is told: "+7" to ignore, "-7" no longer to.
struct told {
  std::string all;
  ignored_processes processes{
      [this](const ignore_request& what) { all += (what.on ? "+" : "-") + std::to_string(what.pid); }};

  explicit told(std::vector<std::string> patterns = {"/opt/*"}) { processes.exclude(exclusion{std::move(patterns)}); }
};

} // namespace

TEST_CASE("a program that matches is ignored, with its children, until it runs another") {
  auto kernel = told{};
  kernel.processes.runs(7, "/opt/agent");
  kernel.processes.forked(7, 8);
  kernel.processes.forked(1, 9);
  CHECK(kernel.all == "+7+8");
  CHECK(kernel.processes.excluded_by(8) == "/opt/*");
  kernel.processes.begins(8);
  kernel.processes.runs(8, "/usr/bin/curl");
  CHECK(kernel.all == "+7+8-8");
  CHECK(kernel.processes.contains(7));
}

TEST_CASE("what is told once is not told again") {
  auto kernel = told{};
  kernel.processes.runs(7, "/opt/agent");
  kernel.processes.runs(7, "/opt/agent");
  kernel.processes.runs(9, "/usr/bin/curl");
  kernel.processes.gone(9);
  CHECK(kernel.all == "+7");
}

TEST_CASE("other patterns readmit what no longer matches") {
  auto kernel = told{};
  kernel.processes.runs(7, "/opt/agent");
  kernel.processes.is_own(5);
  kernel.processes.exclude(exclusion{{"/srv/*"}});
  CHECK(kernel.all == "+7+5-7");
  kernel.processes.runs(7, "/opt/agent");
  CHECK_FALSE(kernel.processes.contains(7));
  CHECK(kernel.processes.contains(5)); // cleartap's own stays so
  CHECK(kernel.processes.excluded_by(5).empty());
}

TEST_CASE("a process that is gone is not left with the kernel for the next one of its pid") {
  auto kernel = told{};
  kernel.processes.runs(7, "/opt/agent");
  kernel.processes.runs(8, "/opt/agent");
  kernel.processes.gone(7);
  kernel.processes.drop_gone([](std::uint32_t) { return false; });
  CHECK(kernel.all == "+7+8-7-8");
}
