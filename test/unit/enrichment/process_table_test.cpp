#include "actors/enrichment/process_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace cleartap;

namespace {

const auto id = std::string(64, 'c');

process_event fork_of(std::uint32_t pid, std::uint32_t parent, std::int64_t at, std::string comm) {
  return {
      .kind = process_event_kind::fork, .at = kernel_time{at}, .pid = pid, .parent = parent, .comm = std::move(comm)};
}

process_event exec_of(std::uint32_t pid, std::uint32_t parent, std::int64_t at, const std::string& comm) {
  return {.kind = process_event_kind::exec,
          .at = kernel_time{at},
          .pid = pid,
          .parent = parent,
          .comm = comm,
          .path = "/bin/" + comm,
          .cgroup = "docker-" + id + ".scope"};
}

process_event program_of(std::uint32_t pid, std::int64_t at, std::string path) {
  return {.kind = process_event_kind::program, .at = kernel_time{at}, .pid = pid, .path = std::move(path)};
}

process_event exit_of(std::uint32_t pid, std::int64_t at, std::string comm) {
  return {.kind = process_event_kind::exit, .at = kernel_time{at}, .pid = pid, .comm = std::move(comm)};
}

/// A /proc to fill in, and a table that reads it.
struct machine {
  explicit machine(std::size_t size_max = 100, std::size_t ancestors_max = 5)
      : table{size_max, ancestors_max, [this](std::uint32_t pid) -> std::optional<proc_facts> {
                ++reads;
                if (auto found = proc.find(pid); found != proc.end())
                  return found->second;
                return std::nullopt;
              }} {}

  process_identity find(std::uint32_t pid, std::int64_t at) { return table.find(pid, kernel_time{at}); }
  std::string comm(std::uint32_t pid, std::int64_t at) { return find(pid, at).comm; }

  /// "sh(2) init(1)"
  std::string ancestors(std::uint32_t pid, std::int64_t at) {
    auto text = std::string{};
    for (const auto& each : find(pid, at).ancestors)
      text += (text.empty() ? "" : " ") + each.comm + "(" + std::to_string(each.pid) + ")";
    return text;
  }

  std::map<std::uint32_t, proc_facts> proc;
  std::size_t reads = 0;
  process_table table;
};

} // namespace

TEST_CASE("a process that ran before cleartap is known from /proc") {
  auto host = machine{};
  host.proc[7] = {.parent = 0, .comm = "nginx", .exe = "/usr/sbin/nginx", .cgroup = "/docker/" + id};
  CHECK(host.find(7, 50) == process_identity{7, "nginx", "/usr/sbin/nginx", id, {}});
}

TEST_CASE("/proc is read once for a process, also when there is nothing") {
  auto host = machine{};
  host.proc[7] = {.comm = "nginx"};
  for (auto at = 0; at < 10; ++at) {
    CHECK(host.comm(7, at) == "nginx");
    CHECK(host.comm(8, at) == "");
  }
  CHECK(host.reads == 2);
}

TEST_CASE("a process that nobody knows has its pid and nothing else") {
  auto host = machine{};
  CHECK(host.find(7, 50) == process_identity{7, "", "", "", {}});
}

TEST_CASE("a process that ended before anyone looked is known from its events") {
  auto host = machine{};
  host.table.apply(fork_of(8, 1, 10, "sh"));
  host.table.apply(exec_of(8, 1, 20, "curl"));
  host.table.apply(exit_of(8, 30, "curl"));
  CHECK(host.find(8, 25) == process_identity{8, "curl", "/bin/curl", id, {}});
  CHECK(host.comm(8, 1000) == "curl");
}

TEST_CASE("/proc is not asked about a process that has ended: its pid may be another's") {
  auto host = machine{};
  host.table.apply(exec_of(8, 0, 20, "curl"));
  host.table.apply(exit_of(8, 30, "curl"));
  host.proc[8] = {.comm = "other", .exe = "/bin/other"};
  CHECK(host.find(8, 25).exe == "/bin/curl");
  CHECK(host.reads == 0);
}

TEST_CASE("a process that ran before cleartap and ended unasked is known by its last name") {
  auto host = machine{};
  host.table.apply(exit_of(8, 30, "cron"));
  host.proc[8] = {.comm = "other"};
  CHECK(host.comm(8, 25) == "cron");
}

TEST_CASE("a fork is its parent's program until it runs another") {
  auto host = machine{};
  host.table.apply(exec_of(2, 0, 5, "sh"));
  host.table.apply(fork_of(8, 2, 10, "sh"));
  host.table.apply(exec_of(8, 2, 20, "curl"));
  host.table.apply(exit_of(8, 30, "curl"));
  CHECK(host.find(8, 15) == process_identity{8, "sh", "/bin/sh", id, {{2, "sh"}}});
  CHECK(host.find(8, 20) == process_identity{8, "curl", "/bin/curl", id, {{2, "sh"}}});
}

TEST_CASE("a pid that was used again is who had it at the time") {
  auto host = machine{};
  host.table.apply(exec_of(8, 0, 10, "first"));
  host.table.apply(exit_of(8, 20, "first"));
  host.table.apply(exec_of(8, 0, 30, "second"));
  host.table.apply(exit_of(8, 40, "second"));
  CHECK(host.comm(8, 10) == "first");
  CHECK(host.comm(8, 19) == "first");
  CHECK(host.comm(8, 29) == "first");
  CHECK(host.comm(8, 30) == "second");
  CHECK(host.comm(8, 99) == "second");
}

TEST_CASE("what /proc tells is of the last program under a pid only") {
  auto host = machine{};
  host.table.apply(exec_of(8, 0, 10, "wrapper"));
  host.table.apply(exec_of(8, 0, 20, "server"));
  host.proc[8] = {.comm = "server", .exe = "/usr/bin/server"};
  CHECK(host.find(8, 15) == process_identity{8, "wrapper", "/bin/wrapper", id, {}});
  CHECK(host.find(8, 25) == process_identity{8, "server", "/usr/bin/server", id, {}});
}

TEST_CASE("asking for the time before the first event neither guesses nor hides what came later") {
  auto host = machine{};
  host.table.apply(exec_of(8, 0, 100, "later"));
  host.proc[8] = {.comm = "later"};
  CHECK(host.comm(8, 50) == "");
  CHECK(host.comm(8, 150) == "later");
  host.table.apply(exit_of(8, 200, "later"));
  CHECK(host.comm(8, 150) == "later");
}

TEST_CASE("a program that renamed itself is known by the new name") {
  auto host = machine{};
  host.table.apply(exec_of(8, 0, 10, "python3"));
  host.proc[8] = {.comm = "gunicorn: maste"};
  CHECK(host.comm(8, 15) == "gunicorn: maste");
  host.table.apply(exec_of(9, 0, 10, "python3"));
  host.table.apply(exit_of(9, 20, "worker"));
  CHECK(host.comm(9, 15) == "worker");
}

TEST_CASE("what may not be read in /proc stays as the events told it") {
  auto host = machine{};
  host.table.apply(exec_of(8, 0, 10, "curl"));
  host.proc[8] = {.comm = "curl", .exe = "", .cgroup = ""};
  CHECK(host.find(8, 15) == process_identity{8, "curl", "/bin/curl", id, {}});
}

TEST_CASE("ancestors are told parent first, up to the one without a parent") {
  auto host = machine{};
  host.proc[1] = {.parent = 0, .comm = "systemd"};
  host.proc[2] = {.parent = 1, .comm = "sshd"};
  host.table.apply(exec_of(3, 2, 10, "bash"));
  host.table.apply(exec_of(4, 3, 20, "curl"));
  CHECK(host.ancestors(4, 25) == "bash(3) sshd(2) systemd(1)");
}

TEST_CASE("a parent that has ended is told, not who took its children or has its pid by now") {
  auto host = machine{};
  host.table.apply(exec_of(3, 0, 10, "script"));
  host.table.apply(exec_of(4, 3, 20, "curl"));
  host.table.apply(exit_of(3, 30, "script"));
  host.table.apply(exec_of(3, 0, 40, "stranger"));
  host.proc[3] = {.parent = 1, .comm = "stranger"};
  host.proc[4] = {.parent = 1, .comm = "curl"};
  host.proc[1] = {.comm = "init"};
  CHECK(host.ancestors(4, 50) == "script(3)");
}

TEST_CASE("no more ancestors are told than are wanted") {
  auto host = machine{100, 3};
  for (std::uint32_t pid = 1; pid <= 50; ++pid)
    host.proc[pid] = {.parent = pid - 1, .comm = "p"};
  CHECK(host.ancestors(50, 0) == "p(49) p(48) p(47)");
  CHECK(machine{100, 0}.ancestors(50, 0) == "");
}

TEST_CASE("an unknown ancestor ends the line") {
  auto host = machine{};
  host.proc[4] = {.parent = 3, .comm = "curl"};
  host.proc[2] = {.parent = 1, .comm = "sshd"};
  CHECK(host.ancestors(4, 0) == "");
}

TEST_CASE("parents in a circle end at the limit") {
  auto host = machine{100, 4};
  host.proc[5] = {.parent = 5, .comm = "self"};
  host.proc[6] = {.parent = 7, .comm = "a"};
  host.proc[7] = {.parent = 6, .comm = "b"};
  CHECK(host.ancestors(5, 0) == "self(5) self(5) self(5) self(5)");
  CHECK(host.ancestors(6, 0) == "b(7) a(6) b(7) a(6)");
}

TEST_CASE("mappings are nothing to the table") {
  auto host = machine{};
  host.table.apply({.kind = process_event_kind::mapping, .pid = 8, .comm = "x", .path = "/lib"});
  host.table.apply({.kind = process_event_kind::mappings_lost});
  CHECK(host.table.size() == 0);
}

TEST_CASE("beyond its limit the table forgets the oldest") {
  auto host = machine{3};
  for (std::uint32_t pid = 1; pid <= 4; ++pid) {
    host.table.apply(exec_of(pid, 0, pid, "p" + std::to_string(pid)));
    host.table.apply(exit_of(pid, pid, "p" + std::to_string(pid)));
  }
  CHECK(host.table.size() == 3);
  CHECK(host.comm(2, 10) == "p2");
  CHECK(host.comm(3, 10) == "p3");
  CHECK(host.comm(4, 10) == "p4");
  CHECK(host.comm(1, 10) == ""); // takes the place of 2
  CHECK(host.table.size() == 3);
  CHECK(host.comm(2, 10) == "");
}

TEST_CASE("the smallest table still answers, ancestors and all") {
  auto host = machine{1, 5};
  host.proc[1] = {.parent = 0, .comm = "init"};
  host.proc[2] = {.parent = 1, .comm = "sh"};
  host.proc[3] = {.parent = 2, .comm = "curl"};
  CHECK(host.ancestors(3, 0) == "sh(2) init(1)");
  CHECK(host.table.size() == 1);
}

TEST_CASE("many programs under few pids stay within the limit and the last of each is right") {
  auto host = machine{64};
  for (auto at = 1; at <= 10000; ++at)
    host.table.apply(exec_of(static_cast<std::uint32_t>(at % 10), 0, at, "n" + std::to_string(at)));
  CHECK(host.table.size() == 64);
  CHECK(host.comm(0, 10000) == "n10000");
  CHECK(host.comm(9, 10000) == "n9999");
  CHECK(host.comm(0, 9985) == "n9980");
}

TEST_CASE("new limits hold from then on: what is too much is forgotten, the oldest first") {
  auto test = machine{};
  for (auto pid = 1u; pid <= 10; ++pid)
    test.table.apply(exec_of(pid, pid - 1, pid, "p" + std::to_string(pid)));
  test.table.limit(4, 1);
  CHECK(test.table.size() == 4);
  const auto last = test.table.find(10, kernel_time{20});
  CHECK(last.comm == "p10");
  CHECK(last.ancestors.size() == 1);
  CHECK(test.table.size() == 4);
}

TEST_CASE("a program is named by its file, whether that is told before its start or after") {
  auto box = machine{};
  box.table.apply(fork_of(10, 1, 100, "sh"));
  SECTION("before") {
    box.table.apply(program_of(10, 199, "/usr/bin/python3.11"));
    box.table.apply(exec_of(10, 1, 200, "python3"));
  }
  SECTION("after") {
    box.table.apply(exec_of(10, 1, 200, "python3"));
    box.table.apply(program_of(10, 199, "/usr/bin/python3.11"));
  }
  CHECK(box.table.find(10, kernel_time{150}).exe != "/usr/bin/python3.11");
  CHECK(box.table.find(10, kernel_time{250}).exe == "/usr/bin/python3.11");
  box.table.apply(exec_of(10, 1, 300, "ls"));
  CHECK(box.table.find(10, kernel_time{350}).exe == "/bin/ls");
}
