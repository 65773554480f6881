#include "actors/enrichment/process_board.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

constexpr auto pid = std::uint32_t{7};

process_event started(kernel_time at, std::string path) {
  return {.kind = process_event_kind::exec, .at = at, .pid = pid, .comm = "x", .path = std::move(path)};
}

} // namespace

TEST_CASE("a board tells which program had a pid at the time") {
  auto board = process_board{[](std::uint32_t) { return std::optional<proc_facts>{}; }};
  board.know(100, 5);
  board.apply(started(kernel_time{10}, "/bin/first"));
  board.apply(started(kernel_time{20}, "/bin/second"));
  CHECK(board.executable(pid, kernel_time{15}) == "/bin/first");
  CHECK(board.executable(pid, kernel_time{25}) == "/bin/second");
  CHECK(board.executable(pid, kernel_time{5}).empty()); // before anything is known of it
  CHECK(board.find(pid, kernel_time{25}).exe == "/bin/second");
}

TEST_CASE("a board knows nothing unless it is wanted") {
  auto asked = 0;
  auto board = process_board{[&](std::uint32_t) {
    ++asked;
    return std::optional{proc_facts{1, "x", "/bin/x", ""}};
  }};
  board.apply(started(kernel_time{10}, "/bin/first"));
  CHECK(board.executable(pid, kernel_time{15}).empty());
  CHECK(board.find(pid, kernel_time{15}).exe.empty());
  CHECK(asked == 0);
  board.know(100, 5);
  CHECK(board.executable(pid, kernel_time{15}) == "/bin/x");
  board.forget();
  CHECK(board.executable(pid, kernel_time{15}).empty());
}
