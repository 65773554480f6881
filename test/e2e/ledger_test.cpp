// Every byte and every exchange is accounted for.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

/// What is wrong with the ledger just now; empty if it balances.
std::string imbalance(const value& losses) {
  auto wrong = std::string{};
  auto from_kernel = std::int64_t{0};
  auto into_ring = std::int64_t{0};
  for (const auto& stage : losses.at("stages").as_array()) {
    if (number(stage, "/balance") != 0)
      wrong += serialize(stage) + "\n";
    if (text(stage, "/name") == "probes")
      from_kernel += number(stage, "/out");
    if (text(stage, "/name") == "ring")
      into_ring += number(stage, "/in");
  }
  if (from_kernel != into_ring)
    wrong += "probes.out " + std::to_string(from_kernel) + ", ring.in " + std::to_string(into_ring) + "\n";
  return wrong;
}

std::int64_t sum(const value& dropped) {
  auto units = std::int64_t{0};
  for (const auto& [reason, count] : dropped.as_object())
    units += count.to_number<std::int64_t>();
  return units;
}

/// The edges that do not add up just now.
std::string leaks(const value& topology) {
  auto wrong = std::string{};
  for (const auto& edge : topology.at("edges").as_array())
    if (number(edge, "/offered") != number(edge, "/delivered") + number(edge, "/waiting") + sum(edge.at("dropped")))
      wrong += serialize(edge) + "\n";
  return wrong;
}

std::int64_t units_of(const value& losses, const std::string& name, const std::string& what) {
  auto units = std::int64_t{0};
  for (const auto& stage : losses.at("stages").as_array())
    if (text(stage, "/name") == name)
      units += std::max(number(stage, what), std::int64_t{0});
  return units;
}

/// Other TLS programs on the machine keep the ledgers moving: one look must find them balanced.
void check_balance(const sniffer& tap) {
  auto wrong = std::string{};
  auto balanced = [&] {
    wrong = imbalance(tap.ctl("losses"));
    return wrong.empty();
  };
  static_cast<void>(wait_until(balanced, 20s));
  CHECK(wrong == "");
  auto tight = [&] {
    wrong = leaks(tap.ctl("topology"));
    return wrong.empty();
  };
  static_cast<void>(wait_until(tight, 20s));
  CHECK(wrong == "");
}

} // namespace

TEST_CASE("after traffic of all kinds every stage's ledger balances") {
  auto in = scene{};
  auto word = unique_word();
  REQUIRE(run(curl(in.web.url("/echo/" + word + "/[1-200]"))).status == 0);
  REQUIRE(run(curl(in.web.url("/files/2097152"))).status == 0);
  REQUIRE(fetch(in.web.url("/created/" + word), {"--data-binary", "@-"}, std::string(300000, 'a')).status == 201);
  // Not HTTP, and a request that never gets an answer.
  static_cast<void>(
      run({{"openssl", "s_client", "-quiet", "-connect", loopback(in.web.port())}, {}, "GARBAGE\r\n\r\n"}));
  static_cast<void>(fetch(in.web.url("/files/2097152?slow"), {"--limit-rate", "1000", "--max-time", "0.2"}));
  static_cast<void>(in.watch.expect(200, [&](const value& each) {
    return text(each, "/role") == "server" && text(each, "/request/path").starts_with("/echo/" + word);
  }));
  check_balance(in.tap);
  auto losses = in.tap.ctl("losses");
  CHECK(units_of(losses, "probes", "/in") > 2 * 2097152);
  CHECK(units_of(losses, "uplink", "/out") >= 400);
  // Other programs of this machine may be talking too: then the last of it is learnt and not acknowledged yet.
  CHECK(wait_until([&] {
    auto later = in.tap.ctl("losses");
    return units_of(later, "inventory", "/in") == units_of(later, "uplink", "/out");
  }));
}

TEST_CASE("nothing is shown of what passes during a pause, and it is counted") {
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  CHECK(text(in.tap.ctl("pause"), "/result") == "true");
  REQUIRE(run(curl(in.web.url(path + "/paused"))).status == 0);
  CHECK(text(in.tap.ctl("resume"), "/result") == "false");
  REQUIRE(run(curl(in.web.url(path + "/resumed"))).status == 0);
  auto call = in.expect_call(path + "/resumed");
  CHECK(text(call.client, "/quality") == "complete");
  CHECK(text(call.server, "/quality") == "complete");
  auto shown = in.watch.seen([&](const value& each) { return text(each, "/request/path") == path + "/paused"; });
  CHECK(shown.empty());
  CHECK(wait_until([&] { return units_of(in.tap.ctl("losses"), "probes", "/dropped/paused") > 0; }));
  check_balance(in.tap);
}

TEST_CASE("a connection that was open before a pause is captured again after it") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  // A request at a time; the next when the file named after the last one has been made.
  constexpr auto requests = R"(
import http.client, os, ssl, sys, time
port, path, ca, home = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
connection = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(cafile=ca))
for end in ("/before", "/paused", "/resumed", "/after"):
    connection.request("GET", path + end)
    connection.getresponse().read()
    print(end, flush=True)
    while not os.path.exists(home + end):
        time.sleep(0.005)
)";
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  auto program = child{
      {{python(), "-c", requests, std::to_string(in.web.port()), path, test_certificate().chain, in.home.path()}}};
  auto answered = [&](const char* end) {
    return wait_until([&] { return program.output().find(end) != std::string::npos; });
  };
  REQUIRE(answered("/before"));
  static_cast<void>(in.expect_call(path + "/before"));
  static_cast<void>(in.tap.ctl("pause"));
  in.home.write("before", "");
  REQUIRE(answered("/paused"));
  static_cast<void>(in.tap.ctl("resume"));
  in.home.write("paused", "");
  REQUIRE(answered("/resumed"));
  // Behind a hole it takes an exchange to know again which response answers which request.
  static_cast<void>(in.expect_call(path + "/resumed"));
  in.home.write("resumed", "");
  REQUIRE(answered("/after"));
  auto call = in.expect_call(path + "/after");
  CHECK(text(call.client, "/quality") == "complete");
  CHECK(text(call.server, "/quality") == "complete");
  in.home.write("after", "");
  CHECK(program.wait() == 0);
  auto shown = in.watch.seen([&](const value& each) { return text(each, "/request/path") == path + "/paused"; });
  CHECK(shown.empty());
  check_balance(in.tap);
}
