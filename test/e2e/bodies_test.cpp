// Bodies byte by byte, at both sides, in every framing of HTTP/1.1.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

/// Not by CHECK itself, which would print megabytes.
bool carries(const value& seen, const std::string& message, const std::string& content) {
  return body(seen, message) == content &&
         number(seen, message + "/bytes") == static_cast<std::int64_t>(content.size()) &&
         text(seen, message + "/truncated") == "false";
}

void check_complete(const value& seen, int status) {
  CHECK(number(seen, "/response/status") == status);
  CHECK(text(seen, "/quality") == "complete");
}

response post(const scene& in, const std::string& path, const std::string& content,
              std::vector<std::string> headers = {}) {
  auto options = std::vector<std::string>{"--data-binary", "@-", "-H", "Content-Type: application/octet-stream"};
  for (auto& each : headers)
    options.insert(options.end(), {"-H", std::move(each)});
  return fetch(in.web.url(path), std::move(options), content);
}

constexpr auto sizes = {0, 1, 8191, 8192, 8193, 262144};

constexpr auto pipeline_requests = R"(
import socket, ssl, sys
port, path, ca = int(sys.argv[1]), sys.argv[2], sys.argv[3]
tls = ssl.create_default_context(cafile=ca).wrap_socket(
    socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
last = "Connection: close\r\n"
tls.sendall("".join(f"GET {path}/{i} HTTP/1.1\r\nHost: localhost:{port}\r\n{last if i == 5 else ''}\r\n"
                    for i in range(1, 6)).encode())
while tls.recv(65536):
    pass
)";

constexpr auto serve_in_one_call = R"(
const [port, chain, key] = process.argv.slice(1);
const read = require("fs").readFileSync;
require("https").createServer({cert: read(chain), key: read(key)}, (request, response) => {
  response.setHeader("Content-Type", "application/octet-stream");
  response.end(Buffer.alloc(request.url.endsWith("/large") ? 1500000 : 5, "n"));
}).listen(port, "127.0.0.1");
)";

} // namespace

TEST_CASE("responses are seen byte by byte") {
  auto in = scene{};
  for (auto size : sizes) {
    INFO(size << " bytes");
    auto path = "/files/" + std::to_string(size);
    auto answer = fetch(in.web.url(path));
    REQUIRE(answer.body == all_bytes(static_cast<std::size_t>(size)));
    auto call = in.expect_call(path);
    for (const auto& seen : {call.client, call.server}) {
      check_complete(seen, 200);
      CHECK(header(seen, "/response", "Content-Length") == std::to_string(size));
      CHECK(carries(seen, "/response", answer.body));
    }
  }
}

TEST_CASE("request bodies with a Content-Length are seen byte by byte") {
  auto in = scene{};
  for (auto size : sizes) {
    INFO(size << " bytes");
    auto content = all_bytes(static_cast<std::size_t>(size));
    auto path = "/created/" + unique_word();
    REQUIRE(post(in, path, content).status == 201);
    auto call = in.expect_call(path);
    for (const auto& seen : {call.client, call.server}) {
      check_complete(seen, 201);
      CHECK(header(seen, "/request", "Content-Length") == std::to_string(size));
      CHECK(carries(seen, "/request", content));
      CHECK(carries(seen, "/response", R"({"created":true})"));
    }
  }
}

TEST_CASE("chunked request bodies are seen byte by byte") {
  auto in = scene{};
  for (auto size : sizes) {
    INFO(size << " bytes");
    auto content = all_bytes(static_cast<std::size_t>(size));
    auto path = "/created/" + unique_word();
    REQUIRE(post(in, path, content, {"Transfer-Encoding: chunked"}).status == 201);
    auto call = in.expect_call(path);
    for (const auto& seen : {call.client, call.server}) {
      check_complete(seen, 201);
      CHECK(header(seen, "/request", "Transfer-Encoding") == "chunked");
      CHECK(carries(seen, "/request", content));
    }
  }
}

TEST_CASE("fifty requests of one connection are fifty exchanges") {
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  REQUIRE(run(curl(in.web.url(path + "/[1-50]"))).status == 0);
  auto sockets = std::set<std::string>{};
  for (auto i = 1; i <= 50; ++i) {
    auto target = path + "/" + std::to_string(i);
    auto call = in.expect_call(target);
    for (const auto& seen : {call.client, call.server}) {
      check_complete(seen, 200);
      CHECK(carries(seen, "/response", R"({"method":"GET","path":")" + target + R"(","query":""})"));
    }
    sockets.insert(text(call.client, "/local"));
    sockets.insert(text(call.server, "/remote"));
  }
  CHECK(sockets.size() == 1);
}

TEST_CASE("pipelined requests get the responses that answer them") {
  if (python().empty())
    SKIP("there is no /usr/bin/python3");
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  auto done = run({{python(), "-c", pipeline_requests, std::to_string(in.web.port()), path, test_certificate().chain}});
  REQUIRE(done.complaints == "");
  for (auto i = 1; i <= 5; ++i) {
    auto target = path + "/" + std::to_string(i);
    auto call = in.expect_call(target);
    for (const auto& seen : {call.client, call.server}) {
      check_complete(seen, 200);
      CHECK(carries(seen, "/response", R"({"method":"GET","path":")" + target + R"(","query":""})"));
    }
  }
}

TEST_CASE("the response to HEAD has no body, and what follows on the connection is right") {
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  REQUIRE(run(curl(in.web.url(path),
                   {"--head", in.web.url("/files/8192"), "--next", "--silent", "--cacert", test_certificate().chain}))
              .status == 0);
  auto head = in.expect_call("/files/8192");
  for (const auto& seen : {head.client, head.server}) {
    check_complete(seen, 200);
    CHECK(text(seen, "/request/method") == "HEAD");
    CHECK(header(seen, "/response", "Content-Length") == "8192");
    CHECK(carries(seen, "/response", ""));
  }
  auto next = in.expect_call(path);
  check_complete(next.client, 200);
  check_complete(next.server, 200);
  CHECK(text(next.client, "/local") == text(head.client, "/local"));
}

TEST_CASE("responses that never have a body are complete") {
  auto in = scene{};
  REQUIRE(fetch(in.web.url("/status/204")).status == 204);
  REQUIRE(fetch(in.web.url("/files/1")).status == 200);
  auto tag = header(in.expect_served("/files/1"), "/response", "ETag");
  REQUIRE(fetch(in.web.url("/files/1?again"), {"-H", "If-None-Match: " + tag}).status == 304);

  auto empty = in.expect_call("/status/204");
  for (const auto& seen : {empty.client, empty.server}) {
    check_complete(seen, 204);
    CHECK(carries(seen, "/response", ""));
  }
  for (auto role : {"client", "server"}) {
    auto seen = in.watch.expect(2, called(role, in.web.authority(), "/files/1"))[1];
    check_complete(seen, 304);
    CHECK(text(seen, "/request/query") == "again");
    CHECK(carries(seen, "/response", ""));
  }
}

TEST_CASE("100 Continue is no exchange of its own") {
  auto in = scene{};
  auto path = "/created/" + unique_word();
  auto content = all_bytes(50000);
  REQUIRE(post(in, path, content, {"Expect: 100-continue"}).status == 201);
  auto call = in.expect_call(path);
  for (const auto& seen : {call.client, call.server}) {
    check_complete(seen, 201);
    CHECK(header(seen, "/request", "Expect") == "100-continue");
    CHECK(carries(seen, "/request", content));
  }
  CHECK(in.watch.seen([](const value& each) { return number(each, "/response/status") == 100; }).empty());
}

TEST_CASE("a chunked response is seen without its framing") {
  auto in = scene{};
  auto path = "/chunked/" + unique_word();
  auto answer = fetch(in.web.url(path));
  REQUIRE(answer.body == R"({"method":"GET","path":")" + path + R"(","query":""})");
  auto call = in.expect_call(path);
  for (const auto& seen : {call.client, call.server}) {
    check_complete(seen, 200);
    CHECK(header(seen, "/response", "Transfer-Encoding") == "chunked");
    CHECK(carries(seen, "/response", answer.body));
  }
}

TEST_CASE("a compressed response is shown as text, with the length that it was carried in") {
  auto in = scene{};
  auto path = "/gzip/" + unique_word();
  auto compressed = fetch(in.web.url(path), {"-H", "Accept-Encoding: gzip"});
  REQUIRE(compressed.status == 200);
  REQUIRE(compressed.body.starts_with("\x1f\x8b"));
  auto call = in.expect_call(path);
  for (const auto& seen : {call.client, call.server}) {
    check_complete(seen, 200);
    CHECK(header(seen, "/response", "Content-Encoding") == "gzip");
    CHECK(text(seen, "/response/body") == R"({"method":"GET","path":")" + path + R"(","query":""})");
    CHECK(number(seen, "/response/bytes") == static_cast<std::int64_t>(compressed.body.size()));
    CHECK(text(seen, "/response/truncated") == "false");
  }
}

TEST_CASE("of a request body over the limit the beginning is kept, and the next exchange is complete") {
  auto in = scene{};
  auto path = "/created/" + unique_word();
  auto content = all_bytes(300 * 1024);
  auto done = run(curl(in.web.url(path + "/next"),
                       {"--data-binary", "@-", "-H", "Content-Type: application/octet-stream", "-H",
                        "Expect:", in.web.url(path), "--next", "--silent", "--cacert", test_certificate().chain},
                       content));
  REQUIRE(done.output == R"({"created":true}{"created":true})");
  auto call = in.expect_call(path);
  auto next = in.expect_call(path + "/next");
  for (const auto& seen : {call.client, call.server}) {
    CHECK(number(seen, "/response/status") == 201);
    CHECK(text(seen, "/quality") == "truncated_limit");
    CHECK(text(seen, "/request/truncated") == "true");
    CHECK(number(seen, "/request/bytes") == 307200);
    CHECK((body(seen, "/request") == content.substr(0, 262144)));
    CHECK(carries(seen, "/response", R"({"created":true})"));
  }
  check_complete(next.client, 201);
  check_complete(next.server, 201);
  CHECK(text(next.client, "/local") == text(call.client, "/local"));
}

TEST_CASE("of a response over the limit the beginning is kept, and the next exchange is complete") {
  auto in = scene{};
  auto path = "/echo/" + unique_word();
  REQUIRE(run(curl(in.web.url(path), {in.web.url("/files/2097152")})).status == 0);
  auto call = in.expect_call("/files/2097152");
  auto next = in.expect_call(path);
  for (const auto& seen : {call.client, call.server}) {
    CHECK(number(seen, "/response/status") == 200);
    CHECK(text(seen, "/quality") == "truncated_limit");
    CHECK(text(seen, "/response/truncated") == "true");
    CHECK(number(seen, "/response/bytes") == 2097152);
    CHECK((body(seen, "/response") == all_bytes(1048576)));
  }
  check_complete(next.client, 200);
  check_complete(next.server, 200);
  CHECK(text(next.client, "/local") == text(call.client, "/local"));
}

TEST_CASE("of a call over the kernel's limit the beginning is kept, and the next exchange is complete") {
  if (node().empty())
    SKIP("there is no /usr/bin/node, which writes a body in one call");
  auto in = scene{{{"bodies.response_max", "2097152"}}};
  auto port = free_port();
  auto server = child{
      {{node(), "-e", serve_in_one_call, std::to_string(port), test_certificate().chain, test_certificate().key}}};
  REQUIRE(wait_until([&] { return listening(port); }));
  auto host = "localhost:" + std::to_string(port);
  in.watch.warm_up(called("server", host, "/new"), [&] { static_cast<void>(fetch("https://" + host + "/new")); });
  REQUIRE(run(curl("https://" + host + "/next", {"https://" + host + "/large"})).status == 0);

  auto call = in.expect_call(host, "/large");
  CHECK(text(call.server, "/quality") == "truncated_kernel");
  CHECK(text(call.server, "/response/truncated") == "true");
  CHECK(number(call.server, "/response/bytes") == 1500000);
  auto kept = body(call.server, "/response");
  CHECK(kept.size() > 1024 * 1024);
  CHECK(kept.size() <= (1024 + 64) * 1024);
  CHECK((kept == std::string(kept.size(), 'n')));
  CHECK(text(call.client, "/quality") == "complete");
  CHECK(carries(call.client, "/response", std::string(1500000, 'n')));
  auto next = in.expect_call(host, "/next");
  check_complete(next.client, 200);
  check_complete(next.server, 200);
}
