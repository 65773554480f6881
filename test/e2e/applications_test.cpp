// What rides on HTTP between real programs: server-sent events, WebSocket, GraphQL.
#include "test/support/program_scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <regex>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

void skip_without_node() {
  if (node().empty())
    SKIP("there is no /usr/bin/node");
}

std::vector<std::string> node_server() { return {node(), program_script("protocols_server.js")}; }

/// Of all programs of this machine, so it only ever grows: what was told as WebSocket, and what the kernel copied no
/// more of once it was.
struct websocket_count {
  explicit websocket_count(const sniffer& tap) {
    auto losses = tap.ctl("losses");
    for (const auto& each : losses.at("figures").as_array()) {
      auto count = std::max(std::int64_t{0}, number(each, "/counts/websocket"));
      (text(each, "/what") == "not_http_bytes" ? bytes : connections) += count;
    }
    for (const auto& each : losses.at("stages").as_array())
      if (text(each, "/name") == "probes")
        bytes += std::max(std::int64_t{0}, number(each, "/dropped/not_http"));
  }

  std::int64_t bytes = 0;
  std::int64_t connections = 0;
};

constexpr auto websocket_client = R"(
import asyncio, ssl, sys, websockets
url, ca, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
async def main():
    tls = ssl.create_default_context(cafile=ca)
    async with websockets.connect(url, ssl=tls, compression=None) as socket:
        for _ in range(10):
            await socket.send("GET / HTTP/1.1\r\n\r\n" + "w" * size)
            await socket.recv()
asyncio.run(main())
)";

} // namespace

TEST_CASE("server-sent events are an exchange while they are still coming") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  for (const auto& [option, version] : {std::pair{"--http1.1", "1.1"}, std::pair{"--http2", "2"}}) {
    INFO("HTTP/" << version);
    auto path = "/events/" + unique_word();
    auto client = child{curl(in.url(path), {option, "--no-buffer"})};
    REQUIRE(wait_until([&] { return client.output() == "data: one\n\n"; }));
    auto call = in.expect_call(path);
    CHECK(client.running());
    for (const auto& seen : {call.client, call.server}) {
      CHECK(text(seen, "/request/version") == version);
      CHECK(number(seen, "/response/status") == 200);
      CHECK(text(seen, "/application/protocol") == "event_stream");
      CHECK(header(seen, "/response", "content-type") == "text/event-stream");
    }
  }
}

TEST_CASE("what is sent through a WebSocket is counted, and only its upgrade is an exchange") {
  skip_without_node();
  if (!succeeds("/usr/bin/python3 -c 'import websockets'") || !std::filesystem::exists("/usr/share/nodejs/ws"))
    SKIP("websockets for /usr/bin/python3, or ws for node, is not installed");
  constexpr auto size = 20000;
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  auto before = websocket_count{in.tap()};
  auto path = "/socket/" + unique_word();
  auto done = run({{"/usr/bin/python3", "-c", websocket_client, "wss://" + in.authority() + path,
                    test_certificate().chain, std::to_string(size)}});
  REQUIRE(done.complaints == "");
  auto call = in.expect_call(path);
  for (const auto& seen : {call.client, call.server}) {
    CHECK(number(seen, "/response/status") == 101);
    CHECK(text(seen, "/quality") == "complete");
    CHECK(text(seen, "/application/protocol") == "websocket");
    CHECK(body(seen, "/response").empty());
  }
  // At both ends, there and back.
  CHECK(wait_until([&] {
    auto now = websocket_count{in.tap()};
    return now.bytes - before.bytes >= 2 * 2 * 10 * size && now.connections - before.connections >= 2;
  }));
  auto inside = [&](const value& each) {
    return text(each, "/request/path") == "/" && text(each, "/local") == text(call.client, "/local");
  };
  CHECK(in.watch().seen(inside).empty());
}

TEST_CASE("the operation of a GraphQL request is named") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  for (auto option : {"--http1.1", "--http2"}) {
    INFO(option);
    auto path = "/graphql/" + unique_word();
    REQUIRE(fetch(in.url(path), {option, "--json", "@-"},
                  R"({"query":"query Cheapest { book(id: 1) { title } }","variables":{}})")
                .status == 200);
    auto call = in.expect_call(path);
    for (const auto& seen : {call.client, call.server}) {
      CHECK(text(seen, "/quality") == "complete");
      CHECK(text(seen, "/application/protocol") == "graphql");
      CHECK(text(seen, "/application/operation") == "query Cheapest");
      CHECK(body(seen, "/response") == R"({"data":null})");
    }
  }
}

TEST_CASE("watch shows people what rides on HTTP") {
  skip_without_node();
  auto in = program_scene{node_server()};
  in.open_watch("/echo/warm-up");
  auto word = unique_word();
  auto people = child{in.tap().settings().with({"watch"})};
  auto shown = [&](const std::string& line) { return std::regex_search(people.output(), std::regex{line}); };
  CHECK(wait_until([&] {
    static_cast<void>(
        fetch(in.url("/graphql/" + word), {"--http2", "--json", "@-"}, R"({"query":"mutation Buy { buy(id: 1) }"})"));
    return shown(" serves POST " + in.authority() + "/graphql/" + word + R"(  \(mutation Buy\)  200 )");
  }));
  auto client = child{curl(in.url("/events/" + word), {"--http2", "--no-buffer"})};
  CHECK(wait_until(
      [&] { return shown(" calls  GET " + in.authority() + "/events/" + word + R"(  \(event_stream\)  200 )"); }));
  INFO(people.output());
}
