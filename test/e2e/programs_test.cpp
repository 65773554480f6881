// Which programs are seen, on which side, and what is told about them.
#include "test/support/scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <unistd.h>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

constexpr auto read_all_of_url = R"(
import http.client, ssl, sys
port, path, ca = int(sys.argv[1]), sys.argv[2], sys.argv[3]
connection = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(cafile=ca))
connection.request("GET", path, headers={"X-Of": "python"})
print(connection.getresponse().status)
)";

constexpr auto read_with_asyncio = R"(
import asyncio, ssl, sys
port, path, ca = int(sys.argv[1]), sys.argv[2], sys.argv[3]
async def main():
    tls = ssl.create_default_context(cafile=ca)
    reader, writer = await asyncio.open_connection("localhost", port, ssl=tls)
    for close in ("keep-alive", "close"):
        writer.write(f"GET {path}/{close} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: {close}\r\n\r\n".encode())
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
    writer.close()
    print(head.split()[1].decode())
asyncio.run(main())
)";

constexpr auto read_with_node = R"(
const [port, path, ca] = process.argv.slice(1);
const agent = new (require("https").Agent)({ca: require("fs").readFileSync(ca), keepAlive: true, maxSockets: 1});
const get = (end, then) => require("https").get({port, path: path + end, agent}, (answer) => {
  answer.resume();
  answer.on("end", () => then(answer.statusCode));
});
get("/first", () => get("/second", (status) => { console.log(status); agent.destroy(); }));
)";

constexpr auto serve_with_python = R"(
import http.server, ssl, sys
class handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b'{"of":"python"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), handler)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
)";

constexpr auto serve_with_node = R"(
const [port, chain, key] = process.argv.slice(1);
const read = require("fs").readFileSync;
require("https").createServer({cert: read(chain), key: read(key)}, (request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end('{"of":"node"}');
}).listen(port, "127.0.0.1");
)";

std::string program_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

void check_process(const value& seen, pid_t pid, const std::string& comm, const std::string& exe) {
  CHECK(number(seen, "/process/pid") == pid);
  CHECK(text(seen, "/process/comm") == comm);
  CHECK(text(seen, "/process/exe") == exe);
  CHECK(text(seen, "/process/container_id") == "null");
}

void check_of_nginx(const value& seen, const scene& in) {
  auto workers = in.web.workers();
  CHECK(std::ranges::count(workers, number(seen, "/process/pid")) == 1);
  CHECK(text(seen, "/process/comm") == "nginx");
  CHECK(text(seen, "/process/exe") == "/usr/sbin/nginx");
  CHECK(number(seen, "/process/ancestors/0/pid") == in.web.master());
  CHECK(text(seen, "/process/ancestors/0/comm") == "nginx");
}

void check_mirrored(const observed_call& call, std::uint16_t port) {
  CHECK(text(call.server, "/local") == loopback(port));
  CHECK(text(call.client, "/remote") == loopback(port));
  CHECK(text(call.client, "/local") == text(call.server, "/remote"));
  CHECK(text(call.client, "/local").starts_with("127.0.0.1:"));
}

/// What holds for every GET with a JSON answer in this file, at either side.
void check_get(const value& seen) {
  CHECK(text(seen, "/tls") == "openssl");
  CHECK(text(seen, "/request/method") == "GET");
  CHECK(text(seen, "/request/scheme") == "https");
  CHECK(text(seen, "/request/version") == "1.1");
  CHECK(text(seen, "/request/body") == "");
  CHECK(number(seen, "/request/bytes") == 0);
  CHECK(text(seen, "/request/truncated") == "false");
  CHECK(number(seen, "/response/status") == 200);
  CHECK(header(seen, "/response", "Content-Type") == "application/json");
  CHECK(text(seen, "/response/truncated") == "false");
  CHECK(seen.at("duration_ms").to_number<double>() >= 0);
  CHECK(text(seen, "/quality") == "complete");
}

struct script {
  std::string interpreter;
  std::string option;
  std::string text;

  command with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {interpreter, option, text});
    return {std::move(arguments)};
  }
};

/// Runs a client that is new to cleartap until its first call is seen, then once more on `path`; returns its pid.
pid_t call_nginx(scene& in, const script& client, const std::string& path, const std::string& first_path) {
  auto arguments = [&](const std::string& where) {
    return std::vector<std::string>{std::to_string(in.web.port()), where, test_certificate().chain};
  };
  in.watch.warm_up(called("client", in.web.authority(), "/echo/new" + first_path),
                   [&] { static_cast<void>(run(client.with(arguments("/echo/new")))); });
  auto program = child{client.with(arguments(path))};
  REQUIRE(program.wait() == 0);
  REQUIRE(program.output() == "200\n");
  return program.pid();
}

/// Starts a server that is new to cleartap, and has curl call it until that is seen.
std::unique_ptr<child> start_server(scene& in, const script& server, std::uint16_t port) {
  auto program =
      std::make_unique<child>(server.with({std::to_string(port), test_certificate().chain, test_certificate().key}));
  REQUIRE(wait_until([&] { return listening(port); }));
  auto host = "localhost:" + std::to_string(port);
  in.watch.warm_up(called("server", host, "/new"), [&] { static_cast<void>(fetch("https://" + host + "/new")); });
  return program;
}

} // namespace

TEST_CASE("a call is seen at curl that makes it and at nginx that serves it") {
  auto in = scene{};
  auto before = now_text();
  auto path = "/echo/" + unique_word();
  auto program = child{curl(in.web.url(path + "?a=1&b=%20"), {"-H", "X-Sent: by curl"})};
  REQUIRE(program.wait() == 0);
  auto after = now_text();

  auto call = in.expect_call(path);
  check_mirrored(call, in.web.port());
  check_process(call.client, program.pid(), "curl", "/usr/bin/curl");
  CHECK(number(call.client, "/process/ancestors/0/pid") == getpid());
  check_of_nginx(call.server, in);
  auto content = R"({"method":"GET","path":")" + path + R"(","query":"a=1&b=%20"})";
  for (const auto& seen : {call.client, call.server}) {
    check_get(seen);
    CHECK(text(seen, "/request/query") == "a=1&b=%20");
    CHECK(header(seen, "/request", "Host") == in.web.authority());
    CHECK(header(seen, "/request", "X-Sent") == "by curl");
    CHECK(header(seen, "/response", "Server").starts_with("nginx"));
    CHECK(header(seen, "/response", "Content-Length") == std::to_string(content.size()));
    CHECK(text(seen, "/response/body") == content);
    CHECK(number(seen, "/response/bytes") == static_cast<std::int64_t>(content.size()));
    CHECK(text(seen, "/time") >= before);
    CHECK(text(seen, "/time") <= after);
  }
  CHECK(in.watch.seen(called("client", in.web.authority(), path)).size() == 1);
  CHECK(in.watch.seen(called("server", in.web.authority(), path)).size() == 1);
}

TEST_CASE("python's http.client is seen as a client") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  auto pid = call_nginx(in, {python(), "-c", read_all_of_url}, path, "");
  auto call = in.expect_call(path);
  check_mirrored(call, in.web.port());
  check_process(call.client, pid, program_name(python()), python());
  check_of_nginx(call.server, in);
  for (const auto& seen : {call.client, call.server}) {
    check_get(seen);
    CHECK(text(seen, "/request/query") == "null");
    CHECK(header(seen, "/request", "X-Of") == "python");
  }
}

TEST_CASE("python's asyncio, which encrypts in memory and sends later, is seen with its addresses") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  auto pid = call_nginx(in, {python(), "-c", read_with_asyncio}, path, "/close");
  for (auto end : {"/keep-alive", "/close"}) {
    auto call = in.expect_call(path + end);
    check_mirrored(call, in.web.port());
    check_process(call.client, pid, program_name(python()), python());
    check_get(call.client);
    check_get(call.server);
  }
}

TEST_CASE("node, which brings its own OpenSSL, is seen as a client") {
  if (node().empty())
    SKIP("there is no /usr/bin/node");
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  auto pid = call_nginx(in, {node(), "-e", read_with_node}, path, "/second");
  auto first = in.expect_call(path + "/first");
  CHECK((text(first.client, "/remote") == "null" || text(first.client, "/remote") == loopback(in.web.port())));
  auto second = in.expect_call(path + "/second");
  check_mirrored(second, in.web.port());
  for (const auto& seen : {first.client, second.client}) {
    check_process(seen, pid, "node", node());
    check_get(seen);
  }
}

TEST_CASE("a python server is seen as a server") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  auto in = scene{};
  auto port = free_port();
  auto server = start_server(in, {python(), "-c", serve_with_python}, port);
  auto host = "localhost:" + std::to_string(port);
  auto path = "/" + unique_word();
  REQUIRE(fetch("https://" + host + path).body == R"({"of":"python"})");
  auto call = in.expect_call(host, path);
  check_mirrored(call, port);
  check_process(call.server, server->pid(), program_name(python()), python());
  check_get(call.server);
  CHECK(text(call.server, "/response/body") == R"({"of":"python"})");
  CHECK(header(call.server, "/response", "Server").starts_with("BaseHTTP/"));
}

TEST_CASE("a node server is seen as a server") {
  if (node().empty())
    SKIP("there is no /usr/bin/node");
  auto in = scene{};
  auto port = free_port();
  auto server = start_server(in, {node(), "-e", serve_with_node}, port);
  auto host = "localhost:" + std::to_string(port);
  auto path = "/" + unique_word();
  REQUIRE(run(curl("https://" + host + path + "/2", {"https://" + host + path + "/1"})).status == 0);
  auto first = in.expect_call(host, path + "/1");
  auto second = in.expect_call(host, path + "/2");
  check_mirrored(second, port);
  for (const auto& seen : {first.server, second.server}) {
    check_process(seen, server->pid(), "node", node());
    check_get(seen);
    CHECK(text(seen, "/response/body") == R"({"of":"node"})");
  }
}

TEST_CASE("of TLS inside TLS both are seen, and the inner one is not given a socket that is not its own") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  auto in = scene{};
  auto port = free_port();
  auto proxy = child{{{python(), CLEARTAP_PROGRAMS "/tls_proxy.py", std::to_string(port), test_certificate().chain,
                       test_certificate().key}}};
  REQUIRE(wait_until([&] { return listening(port); }));
  auto path = "/echo/" + unique_word();
  auto program = child{curl(in.web.url(path), {"--proxy", "https://localhost:" + std::to_string(port), "--proxy-cacert",
                                               test_certificate().chain, "--write-out", "%{stderr}%{local_port}"})};
  REQUIRE(program.wait() == 0);
  auto socket = "127.0.0.1:" + program.complaints() + " to " + loopback(port);
  auto socket_of = [](const value& seen) { return text(seen, "/local") + " to " + text(seen, "/remote"); };

  auto connected = in.watch.expect_one([&](const value& each) {
    return text(each, "/request/method") == "CONNECT" && number(each, "/process/pid") == program.pid();
  });
  CHECK(socket_of(connected) == socket);
  auto call = in.expect_call(path);
  check_get(call.client);
  check_get(call.server);
  CHECK(text(call.server, "/local") == loopback(in.web.port()));
  CHECK((socket_of(call.client) == "null to null" || socket_of(call.client) == socket));
}
