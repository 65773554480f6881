#include "actors/coverage/coverage_table.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

tls_hello sent(std::uint32_t pid, std::int64_t at = 100) {
  return {.at = kernel_time{at}, .pid = pid, .comm = "curl", .as_client = true};
}

tls_hello received(std::uint32_t pid) { return {.at = kernel_time{100}, .pid = pid, .comm = "nginx"}; }

process_event of_kind(process_event_kind kind, std::uint32_t pid, std::int64_t at) {
  return {.kind = kind, .at = kernel_time{at}, .pid = pid};
}

process_event exit_of(std::uint32_t pid, std::int64_t at) {
  auto event = of_kind(process_event_kind::exit, pid, at);
  event.comm = "curl";
  return event;
}

process_event program_of(std::uint32_t pid, std::int64_t at, std::string path) {
  auto event = of_kind(process_event_kind::program, pid, at);
  event.path = std::move(path);
  return event;
}

process_event plaintext_of(std::uint32_t pid, std::uint64_t bytes) {
  auto event = of_kind(process_event_kind::plaintext, pid, 100);
  event.bytes = bytes;
  return event;
}

process_tls with_probes(std::chrono::seconds age = 1000s) {
  return {library_row{.family = "OpenSSL",
                      .path = "/lib/libssl.so",
                      .functions = 3,
                      .attached = 3,
                      .state = library_state::attached,
                      .age = age},
          {}};
}

std::vector<coverage_row> rows(const coverage_table& table, const process_tls& known = {}) {
  return table.rows(10s, [&](std::uint32_t) { return known; });
}

} // namespace

TEST_CASE("a process that sends and receives hellos is one row") {
  auto table = coverage_table{100};
  table.hello(sent(7), "a.example", 5s);
  table.hello(sent(7), "", 6s);
  table.hello(received(7), "b.example", 7s);
  auto all = rows(table, with_probes());
  REQUIRE(all.size() == 1);
  CHECK((all[0].pid == 7 && all[0].alive && all[0].comm == "curl"));
  CHECK((all[0].hellos_client == 2 && all[0].hellos_server == 1));
  CHECK(all[0].server_name == "b.example");
  CHECK((all[0].family == "OpenSSL" && all[0].library == "/lib/libssl.so" && all[0].probed));
  CHECK(all[0].age == 3s);
}

TEST_CASE("plaintext means captured, and needs no reason") {
  auto table = coverage_table{100};
  table.hello(sent(7), "", 5s);
  CHECK_FALSE(rows(table).at(0).reason.empty());
  table.apply(plaintext_of(7, 20), 6s);
  table.apply(plaintext_of(7, 10), 6s); // told late
  CHECK(rows(table).at(0).plaintext_bytes == 20);
  CHECK(rows(table).at(0).reason.empty());
}

TEST_CASE("what workers say is captured of the process that made the listening socket") {
  auto table = coverage_table{100};
  table.hello(received(50), "", 5s);
  table.apply(plaintext_of(51, 20), 6s);
  table.identify(51, {.parent = 50, .comm = "nginx"});
  auto all = rows(table);
  REQUIRE(all.size() == 2);
  CHECK((all[0].pid == 50 && all[0].plaintext_bytes == 20 && all[0].reason.empty()));
}

TEST_CASE("a server that ended is captured if its workers were, and a shell is not because of what it called") {
  auto table = coverage_table{100};
  for (auto parent : {50u, 60u}) {
    auto fork = of_kind(process_event_kind::fork, parent + 1, 10);
    fork.parent = parent;
    table.apply(fork, 1s);
    table.apply(plaintext_of(parent + 1, 20), 2s);
  }
  table.hello(received(50), "", 2s);
  table.hello(sent(60), "", 2s);
  for (auto pid : {50u, 51u, 60u, 61u})
    table.apply(exit_of(pid, 150), 3s);
  auto all = rows(table);
  REQUIRE(all.size() == 4);
  CHECK((all[2].pid == 50 && all[2].plaintext_bytes == 20));
  CHECK((all[3].pid == 60 && all[3].plaintext_bytes == 0));
}

TEST_CASE("what ended is judged by what was known at its end") {
  auto table = coverage_table{100};
  table.hello(sent(7), "", 5s);
  table.apply(exit_of(7, 150), 6s, with_probes(3s)); // attached at 3 s, before the hello
  auto row = table.rows(1000s, [](std::uint32_t) { return process_tls{}; }).at(0);
  CHECK(row.reason.find("none of its calls") != std::string::npos);
  CHECK(row.probed);
}

TEST_CASE("new processes are looked at once") {
  auto table = coverage_table{100};
  table.hello(sent(7), "", 5s);
  table.hello(sent(7), "", 5s);
  table.apply(plaintext_of(8, 1), 5s);
  CHECK(table.take_new() == std::vector<std::uint32_t>{7, 8});
  CHECK(table.take_new().empty());
  table.identify(7, {.comm = "name", .exe = "/bin/prog", .container_id = "c"});
  table.blame(7, "its TLS is odd");
  auto row = rows(table).at(0);
  CHECK((row.comm == "name" && row.exe == "/bin/prog" && row.container_id == "c"));
  CHECK(row.reason == "its TLS is odd");
}

TEST_CASE("a process that ended before its hello was read is known by what was told of it") {
  auto table = coverage_table{100};
  const auto id = std::string(64, 'a');
  auto exec = of_kind(process_event_kind::exec, 7, 60);
  exec.cgroup = "docker-" + id + ".scope";
  table.apply(program_of(7, 59, "/usr/bin/curl"), 4s);
  table.apply(exec, 4s);
  table.apply(exit_of(7, 150), 4s, with_probes());
  table.hello(sent(7, 100), "", 5s);
  CHECK(table.take_new().empty());
  auto row = rows(table).at(0);
  CHECK((!row.alive && row.exe == "/usr/bin/curl" && row.container_id == id && row.library == "/lib/libssl.so"));
}

TEST_CASE("a child runs its parent's program until it runs another") {
  auto table = coverage_table{100};
  table.apply(program_of(7, 10, "/usr/bin/sh"), 0s);
  auto fork = of_kind(process_event_kind::fork, 8, 20);
  fork.parent = 7;
  table.apply(fork, 0s);
  table.hello(sent(8), "", 0s);
  CHECK(rows(table).at(0).exe == "/usr/bin/sh");
  table.apply(program_of(8, 200, "/usr/bin/curl"), 0s);
  CHECK(rows(table).at(0).exe == "/usr/bin/curl");
}

TEST_CASE("a pid that is used again is another process") {
  auto table = coverage_table{100};
  table.hello(sent(7, 100), "", 5s);
  table.apply(exit_of(7, 150), 5s);
  table.hello(sent(7, 140), "", 5s); // read late
  table.hello(sent(7, 200), "", 6s);
  auto all = rows(table);
  REQUIRE(all.size() == 2);
  CHECK((!all[0].alive && all[0].hellos_client == 2));
  CHECK((all[1].alive && all[1].hellos_client == 1));
}

TEST_CASE("beyond its limit those that ended go first, and all that go are counted") {
  auto table = coverage_table{2};
  table.hello(sent(7), "", 1s);
  table.hello(sent(8), "", 2s);
  table.apply(exit_of(8, 150), 2s);
  table.hello(sent(9), "", 3s);
  table.hello(sent(10), "", 4s);
  auto all = rows(table);
  REQUIRE(all.size() == 2);
  CHECK((all[0].pid == 9 && all[1].pid == 10));
  CHECK(table.forgotten() == 2);
  table.limit(1);
  CHECK(rows(table).size() == 1);
  CHECK(table.forgotten() == 3);
}

TEST_CASE("each reason why nothing is captured is told") {
  auto table = coverage_table{100};
  table.hello(sent(7), "", 5s); // five seconds before the rows are made
  auto reason = [&](process_tls known) { return rows(table, known).at(0).reason; };
  CHECK(reason({{}, "/opt/*"}) == "excluded by discovery.exclude: /opt/*");
  table.apply(plaintext_of(8, 100), 5s); // before the kernel knew
  CHECK(rows(table, {with_probes().library, "/opt/*"}).at(1).plaintext_bytes == 0);
  CHECK(rows(table, {with_probes().library, "/opt/*"}).at(1).reason.starts_with("excluded"));
  auto refused = with_probes();
  refused.library->state = library_state::refused;
  refused.library->reason = "cannot probe it";
  CHECK(reason(refused) == "cannot probe it");
  auto attaching = with_probes();
  attaching.library->state = library_state::attaching;
  CHECK(reason(attaching).find("being attached") != std::string::npos);
  CHECK(reason(with_probes(1s)).find("older than the probes") != std::string::npos);
  CHECK(reason(with_probes(100s)).find("none of its calls carried plaintext") != std::string::npos);
  CHECK(reason({}) == "it is being looked at");
}
