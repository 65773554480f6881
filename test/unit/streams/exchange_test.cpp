// What one undisturbed conversation becomes.
#include "test/unit/streams/tap.hpp"

using namespace cleartap;
using namespace std::chrono_literals;
using namespace std::string_literals;
using list = std::vector<std::string>;

TEST_CASE("a request and its response are an exchange") {
  auto seen = tap{};
  seen.client_sends("POST /pets/7?full=1&x= HTTP/1.1\r\nHost: api.example\r\nContent-Length: 4\r\n\r\nping");
  CHECK(seen.exchanges.empty());
  seen.server_sends("HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npong");
  const auto& made = seen.only();
  CHECK(made.quality == exchange_quality::complete);
  CHECK(made.role == observer_role::client);
  CHECK(made.connection == connection_id{.tgid = 7, .object = 1});
  REQUIRE(made.request);
  CHECK(made.request->method == "POST");
  CHECK(made.request->scheme == "https");
  CHECK(made.request->host == "api.example");
  CHECK(made.request->path == "/pets/7");
  CHECK(made.request->query == "full=1&x=");
  CHECK(made.request->version == "1.1");
  CHECK(made.request->headers == http_headers{{"Host", "api.example"}, {"Content-Length", "4"}});
  CHECK(made.request->body.bytes == "ping");
  REQUIRE(made.response);
  CHECK(made.response->status == 201);
  CHECK(made.response->headers == http_headers{{"Content-Type", "text/plain"}, {"Content-Length", "4"}});
  CHECK(made.response->body.bytes == "pong");
  CHECK(made.response->body.size_carried == 4);
  CHECK_FALSE(made.response->body.truncated);
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("the direction of the requests tells the role") {
  auto seen = tap{};
  seen.chunk(tap::in, "GET / HTTP/1.1\r\n\r\n");
  seen.chunk(tap::out, "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(seen.only().role == observer_role::server);
}

TEST_CASE("time runs from the first byte of the request to the last of the response") {
  auto seen = tap{};
  seen.current.at = 10us;
  seen.client_sends("GET / HT");                               // 11
  seen.client_sends("TP/1.1\r\n\r\n");                         // 12
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r"); // 13
  seen.server_sends("\n\r\nok");                               // 14
  CHECK(seen.only().seen == 11us);
  CHECK(seen.only().duration == 3us);
  CHECK(seen.only().time == wall_time{100s + 11us});
}

TEST_CASE("the time of a response alone is its own first byte") {
  auto seen = tap{};
  seen.current.at = 10us;
  seen.server_sends("HTTP/1.1 204 No Content\r\n");
  seen.server_sends("\r\n");
  CHECK(seen.only().seen == 11us);
  CHECK(seen.only().duration == 0us);
  CHECK(summary(seen.only()) == "? -> 204 response_only");
}

TEST_CASE("a connection is kept alive, also after Connection: close and across empty lines") {
  auto seen = tap{};
  seen.client_sends("GET /1 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  seen.client_sends("\r\nGET /2 HTTP/1.0\r\n\r\n");
  seen.server_sends("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 complete", "GET /2 -> 200 complete"});
  CHECK(seen.exchanges[1].request->version == "1.0");
}

TEST_CASE("pipelined responses answer in order") {
  auto seen = tap{};
  seen.client_sends("GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 1\r\n\r\nxHEAD /3 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 201 A\r\nContent-Length: 1\r\n\r\naHTTP/1.1 202 B\r\nContent-Length: 0\r\n\r\n"
                    "HTTP/1.1 203 C\r\nContent-Length: 9\r\n\r\n");
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> 201 complete", "POST /2 -> 202 complete", "HEAD /3 -> 203 complete"});
  CHECK(seen.ledger().queued == 0);
}

TEST_CASE("a chunked body loses its framing, and its trailers are not headers") {
  auto seen = tap{};
  seen.client_sends("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "4;name=value\r\nwiki\r\nA\r\n0123456789\r\n0\r\nDigest: x\r\nAge: 1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\nok\r\n0\r\n\r\n");
  CHECK(seen.only().request->body.bytes == "wiki0123456789");
  CHECK(seen.only().request->body.size_carried == 14);
  CHECK(seen.only().request->headers == http_headers{{"Transfer-Encoding", "chunked"}});
  CHECK(seen.only().response->body.bytes == "ok");
}

TEST_CASE("interim responses are not the answer") {
  auto seen = tap{};
  seen.client_sends("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  seen.server_sends("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  seen.client_sends("hi");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK(summary(seen.only()) == "POST / -> 200 complete");
  CHECK(seen.only().response->headers.size() == 1);
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("messages without a body have none, whatever they announce") {
  auto status = GENERATE("204 No Content"s, "304 Not Modified"s);
  auto seen = tap{};
  seen.client_sends("GET /1 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 " + status + "\r\nContent-Length: 100\r\n\r\n");
  seen.client_sends("HEAD /2 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  seen.client_sends("GET /3 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3");
  CHECK(seen.exchanges.size() == 3);
  CHECK(summary(seen.exchanges[1]) == "HEAD /2 -> 200 complete");
  CHECK(seen.exchanges[2].response->body.bytes == "3");
}

TEST_CASE("a body without a length lasts until the connection is closed") {
  auto seen = tap{};
  seen.client_sends("GET / HTTP/1.0\r\n\r\n");
  seen.server_sends("HTTP/1.0 200 OK\r\n\r\nfirst ");
  seen.server_sends("second");
  CHECK(seen.exchanges.empty());
  seen.close();
  CHECK(summary(seen.only()) == "GET / -> 200 complete");
  CHECK(seen.only().response->body.bytes == "first second");
  CHECK(seen.stage.size() == 0);
}

TEST_CASE("an early response waits for the end of its request") {
  auto seen = tap{};
  seen.client_sends("PUT / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc");
  seen.server_sends("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  CHECK(seen.exchanges.empty());
  seen.client_sends("def");
  CHECK(summary(seen.only()) == "PUT / -> 413 complete");
  CHECK(seen.only().request->body.bytes == "abcdef");
}

TEST_CASE("an early response to a request that never ends goes out with the close") {
  auto seen = tap{};
  seen.client_sends("PUT / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc");
  seen.server_sends("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  seen.close();
  CHECK(summary(seen.only()) == "PUT / -> 413 aborted");
  CHECK(seen.only().request->body.truncated);
  CHECK(seen.only().request->body.bytes == "abc");
}

TEST_CASE("repeated headers stay apart, in order, without white space around them") {
  auto seen = tap{};
  seen.client_sends("GET / HTTP/1.1\r\nA: 1 \t\r\nb:  2\r\nA:\r\nA: 3\xC3\xA9\r\n\r\n");
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(seen.only().request->headers == http_headers{{"A", "1"}, {"b", "2"}, {"A", ""}, {"A", "3\xC3\xA9"}});
}

TEST_CASE("101 ends HTTP") {
  auto seen = tap{};
  seen.client_sends("GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  seen.server_sends("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02hi");
  CHECK(summary(seen.only()) == "GET /chat -> 101 complete");
  CHECK(seen.ledger().not_http == 4);
  seen.client_sends("GET / HTTP/1.1\r\n\r\n");
  CHECK(seen.exchanges.size() == 1);
  CHECK(seen.ledger().not_http == 22);
}

TEST_CASE("2xx to CONNECT ends HTTP, another answer does not") {
  auto seen = tap{};
  seen.client_sends("CONNECT db.example:5432 HTTP/1.1\r\nHost: other\r\n\r\n");
  seen.server_sends("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno");
  seen.client_sends("CONNECT db.example:5432 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nraw");
  CHECK(summaries(seen.exchanges) == list{"CONNECT  -> 407 complete", "CONNECT  -> 200 complete"});
  CHECK(seen.exchanges[0].request->host == "db.example:5432");
  CHECK(seen.exchanges[0].response->body.bytes == "no");
  CHECK(seen.ledger().not_http == 3);
}

TEST_CASE("a refused upgrade goes on as HTTP") {
  auto seen = tap{};
  seen.client_sends("GET /1 HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
  seen.client_sends("GET /2 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 complete", "GET /2 -> 200 complete"});
}

TEST_CASE("the newest socket is kept, but one seen inside a call outweighs a conclusion") {
  auto with_port = [](std::uint16_t port, socket_evidence evidence) {
    return socket_pair{.local = {}, .remote = {.port = port}, .evidence = evidence};
  };
  auto seen = tap{};
  auto exchange_once = [&] {
    seen.client_sends("GET / HTTP/1.1\r\n\r\n");
    seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
    const auto& sockets = seen.exchanges.back().sockets;
    return sockets ? sockets->remote.port : 0;
  };
  CHECK(exchange_once() == 0);
  seen.current.sockets = with_port(1, socket_evidence::after_write);
  CHECK(exchange_once() == 1);
  seen.current.sockets = with_port(2, socket_evidence::before_read);
  CHECK(exchange_once() == 2);
  seen.current.sockets = with_port(3, socket_evidence::inside_call);
  CHECK(exchange_once() == 3);
  seen.current.sockets = with_port(4, socket_evidence::before_read);
  CHECK(exchange_once() == 3);
  seen.current.sockets.reset();
  CHECK(exchange_once() == 3);
  seen.current.sockets = with_port(5, socket_evidence::inside_call);
  CHECK(exchange_once() == 5);
}
