#include "actors/http/http_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

/// A connection to a port of this machine. Waits for at most 30 s.
class peer {
public:
  explicit peer(std::uint16_t port) : fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    auto patience = timeval{.tv_sec = 30, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    auto where = sockaddr_in{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
      throw std::runtime_error{"cannot connect"};
  }
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;
  ~peer() { close(fd_); }

  void say(std::string_view text) const {
    while (!text.empty()) {
      auto sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return; // the server may hang up on garbage
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// What comes until `mark` has come, or the end.
  std::string hear(std::string_view mark) const {
    auto heard = std::string{};
    char block[4096];
    auto count = ssize_t{0};
    while (heard.find(mark) == std::string::npos && (count = recv(fd_, block, sizeof block, 0)) > 0)
      heard.append(block, static_cast<std::size_t>(count));
    return heard;
  }
  std::string hear_all() const { return hear("\n no answer has this in it"); }

  /// Says no more.
  void finish() const { shutdown(fd_, SHUT_WR); }

private:
  int fd_;
};

std::string ask(std::uint16_t port, std::string_view line, std::string_view rest = "\r\n") {
  auto client = peer{port};
  client.say(std::string{line} + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + std::string{rest});
  return client.hear_all();
}

std::string status_of(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }
std::string body_of(const std::string& answer) {
  return answer.substr(std::min(answer.find("\r\n\r\n") + 4, answer.size()));
}

/// A server with a few routes at a free port of the loopback.
struct site {
  site() {
    server.always("X-Frame-Options", "DENY");
    server.get("/hello", [](const http_query& query) {
      return http_answer{.content_type = "text/plain",
                         .body = "hello " + query.authorization + query.if_none_match,
                         .headers = {{"ETag", "\"1\""}}};
    });
    server.get("/items/([^/]+)",
               [](const http_query& query) { return http_answer{.status = 202, .body = query.argument}; });
    server.get("/throws", [](const http_query&) -> http_answer { throw std::runtime_error{"secret detail"}; });
    server.post("/echo", [](const http_query& query) { return http_answer{.body = query.path}; });
    server.get("/stream", [this](const http_query&) {
      auto next = [this, left = parts](std::string& part) mutable {
        part = "part\n";
        return left-- > 0;
      };
      return http_answer{.content_type = "application/x-ndjson", .stream = next};
    });
    auto listening = server.start({"127.0.0.1", 0}, "page.listen");
    REQUIRE(listening);
    port = *listening;
  }

  std::size_t parts = 3; // of a stream
  http_server server;
  std::uint16_t port = 0;
};

std::chrono::steady_clock::duration time_of(auto&& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::steady_clock::now() - begin;
}

std::string refusal(const result<void>& able) { return able ? "able" : able.error().text; }

} // namespace

TEST_CASE("a server answers with status, type, headers and body") {
  auto web = site{};
  const auto answer = ask(web.port, "GET /hello", "Authorization: Bearer 7\r\nIf-None-Match: \"2\"\r\n\r\n");
  CHECK(status_of(answer) == "HTTP/1.1 200 OK");
  CHECK(answer.find("\r\nContent-Type: text/plain\r\n") != std::string::npos);
  CHECK(answer.find("\r\nETag: \"1\"\r\n") != std::string::npos);
  CHECK(answer.find("\r\nX-Frame-Options: DENY\r\n") != std::string::npos);
  CHECK(body_of(answer) == "hello Bearer 7\"2\"");
}

TEST_CASE("a route's argument is percent-decoded, once") {
  auto web = site{};
  CHECK(status_of(ask(web.port, "GET /items/a")) == "HTTP/1.1 202 Accepted");
  CHECK(body_of(ask(web.port, "GET /items/a%20b%252Fc")) == "a b%2Fc");
}

TEST_CASE("what has no route is not found, and a method has routes of its own") {
  auto web = site{};
  CHECK(status_of(ask(web.port, "GET /nowhere")) == "HTTP/1.1 404 Not Found");
  CHECK(status_of(ask(web.port, "GET /hello/")) == "HTTP/1.1 404 Not Found");
  CHECK(status_of(ask(web.port, "GET /echo")) == "HTTP/1.1 404 Not Found");
  CHECK(status_of(ask(web.port, "POST /hello", "Content-Length: 0\r\n\r\n")) == "HTTP/1.1 404 Not Found");
  CHECK(ask(web.port, "GET /nowhere").find("X-Frame-Options: DENY") != std::string::npos);
}

TEST_CASE("a post is answered at once, with a body of any size or without a word about one") {
  auto web = site{};
  CHECK(body_of(ask(web.port, "POST /echo", "\r\n")) == "/echo");
  CHECK(body_of(ask(web.port, "POST /echo", "Content-Length: 0\r\n\r\n")) == "/echo");
  CHECK(body_of(ask(web.port, "POST /echo", "Content-Length: 3\r\n\r\nbbb")) == "/echo");
  CHECK(body_of(ask(web.port, "POST /echo", "Content-Length: 99999999999\r\n\r\n")) == "/echo");
}

TEST_CASE("a handler that fails is answered without its reason") {
  auto web = site{};
  const auto answer = ask(web.port, "GET /throws");
  CHECK(status_of(answer) == "HTTP/1.1 500 Internal Server Error");
  CHECK(answer.find("secret detail") == std::string::npos);
  CHECK(body_of(ask(web.port, "GET /hello")) == "hello ");
}

TEST_CASE("a stream comes in parts and ends") {
  auto web = site{};
  const auto answer = ask(web.port, "GET /stream");
  CHECK(answer.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(body_of(answer) == "5\r\npart\n\r\n5\r\npart\n\r\n5\r\npart\n\r\n0\r\n\r\n");
}

TEST_CASE("a stream that its reader leaves ends") {
  auto web = site{};
  web.parts = std::numeric_limits<std::size_t>::max();
  for (std::size_t i = 0; i < 2 * http_server::threads_max; ++i) {
    auto reader = peer{web.port};
    reader.say("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(reader.hear("part").find("part") != std::string::npos);
  }
  CHECK(body_of(ask(web.port, "GET /hello")) == "hello ");
}

TEST_CASE("garbage on a connection does the server no harm") {
  auto web = site{};
  const auto garbage = std::vector<std::string>{
      std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9}, // the begin of a TLS handshake
      std::string(1000, '\0'),
      "\r\n\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET /hello HTTP/9.9\r\n\r\n",
      "GET /" + std::string(100000, 'a') + " HTTP/1.1\r\n\r\n",
      "GET /items/" + std::string(8000, 'a') + "/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /hello HTTP/1.1\r\n" + std::string(100000, 'h') + "\r\n\r\n",
      "GET /items/%zz%ff%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nRange: bytes=" + std::string(4000, '1') + "-\r\nConnection: close\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffff\r\n",
      "\xff\xfe\xfd HTTP/1.1\r\n\r\n"};
  for (const auto& each : garbage) {
    INFO(each.substr(0, 40));
    auto client = peer{web.port};
    client.say(each);
    client.finish();
    CHECK(client.hear_all().find("hello") == std::string::npos);
  }
  CHECK(body_of(ask(web.port, "GET /hello")) == "hello ");
}

TEST_CASE("peers that send nothing do not keep others waiting while a thread is free") {
  auto web = site{};
  auto silent = std::vector<std::unique_ptr<peer>>{};
  for (std::size_t i = 0; i + 1 < http_server::threads_max; ++i)
    silent.push_back(std::make_unique<peer>(web.port));
  silent[0]->say("GET /hel"); // or not all of it
  auto answer = std::string{};
  CHECK(time_of([&] { answer = ask(web.port, "GET /hello"); }) < 3s);
  CHECK(body_of(answer) == "hello ");
}

TEST_CASE("silent peers that hold every thread are given up") {
  auto web = site{};
  auto silent = std::vector<std::unique_ptr<peer>>{};
  for (std::size_t i = 0; i < 2 * http_server::threads_max; ++i)
    silent.push_back(std::make_unique<peer>(web.port));
  CHECK(body_of(ask(web.port, "GET /hello")) == "hello ");
}

TEST_CASE("a server with an open stream stops at once") {
  auto web = site{};
  web.parts = std::numeric_limits<std::size_t>::max();
  auto reader = peer{web.port};
  reader.say("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(reader.hear("part").find("part") != std::string::npos);
  auto rest = std::async(std::launch::async, [&] { return reader.hear_all(); });
  CHECK(time_of([&] { web.server.stop(); }) < 3s);
  CHECK(rest.wait_for(30s) == std::future_status::ready);
}

TEST_CASE("a server with idle and silent connections stops at once") {
  auto web = site{};
  auto idle = peer{web.port};
  idle.say("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(idle.hear("hello ").find("hello ") != std::string::npos);
  auto silent = peer{web.port};
  CHECK(time_of([&] { web.server.stop(); }) < 3s);
}

TEST_CASE("a server can be stopped twice, or without a start, and its port is free again") {
  auto web = site{};
  web.server.stop();
  web.server.stop();
  CHECK(refusal(can_listen({"127.0.0.1", web.port}, "page.listen")) == "able");
  http_server{}.stop();
}

TEST_CASE("a taken port is refused with the port and the mend") {
  auto web = site{};
  const auto where = listen_address{"127.0.0.1", web.port};
  const auto expected = "cannot listen at 127.0.0.1:" + std::to_string(web.port) +
                        ": Address already in use; stop what listens there or choose another address: --set "
                        "metrics.listen=ADDRESS:PORT";
  CHECK(refusal(can_listen(where, "metrics.listen")) == expected);
  auto second = http_server{};
  const auto started = second.start(where, "metrics.listen");
  REQUIRE_FALSE(started);
  CHECK(started.error().text == expected);
}

TEST_CASE("asking whether one may listen takes nothing") {
  const auto anywhere = listen_address{"127.0.0.1", 0};
  CHECK(refusal(can_listen(anywhere, "page.listen")) == "able");
  CHECK(refusal(can_listen(anywhere, "page.listen")) == "able");
}

TEST_CASE("an address that is not this machine's or none at all is refused") {
  CHECK(refusal(can_listen({"192.0.2.1", 80}, "page.listen")) ==
        "cannot listen at 192.0.2.1:80: Cannot assign requested address; stop what listens there or choose another "
        "address: --set page.listen=ADDRESS:PORT");
  CHECK(refusal(can_listen({"2001:db8::1", 80}, "page.listen")).starts_with("cannot listen at [2001:db8::1]:80: "));
  CHECK(refusal(can_listen({"300.1.1.1.1", 80}, "page.listen"))
            .starts_with("cannot listen at 300.1.1.1.1:80: Cannot assign requested address; "));
}
