// What is made of a conversation of which bytes are missing.
#include "test/unit/streams/tap.hpp"

using namespace cleartap;
using namespace std::chrono_literals;
using list = std::vector<std::string>;

namespace {

constexpr auto get_1 = "GET /1 HTTP/1.1\r\n\r\n";
constexpr auto get_2 = "GET /2 HTTP/1.1\r\n\r\n";
constexpr auto get_3 = "GET /3 HTTP/1.1\r\n\r\n";
constexpr auto ok_1 = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
constexpr auto ok_2 = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2";
constexpr auto ok_3 = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3";

/// A pair after everything else, which shows that the connection found its step again.
void works_again(tap& seen) {
  seen.client_sends("GET /again HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 218 Again\r\nContent-Length: 5\r\n\r\nagain");
  REQUIRE_FALSE(seen.exchanges.empty());
  CHECK(summary(seen.exchanges.back()) == "GET /again -> 218 complete");
  CHECK(seen.ledger().queued == 0);
}

} // namespace

TEST_CASE("a hole inside a body of known length costs that body alone") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin");
  seen.lose(tap::in, 990);
  seen.server_sends("finis");
  CHECK(summary(seen.only()) == "GET /1 -> 200 truncated_gap");
  const auto& body = seen.only().response->body;
  CHECK(body.bytes == "begin");
  CHECK(body.truncated);
  CHECK(body.size_carried == 1000);
  CHECK(seen.ledger().lost == 990);
  CHECK(seen.ledger().holes == 1);
  works_again(seen);
}

TEST_CASE("a hole up to the very end of a body ends it") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  seen.lose(tap::in, 10);
  seen.client_sends(get_2);
  seen.server_sends(ok_2);
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 truncated_gap", "GET /2 -> 200 complete"});
  CHECK(seen.exchanges[0].response->body.size_carried == 10);
}

TEST_CASE("a hole inside one chunk of a chunked body costs that body alone") {
  auto seen = tap{};
  seen.client_sends("POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc");
  seen.lose(tap::out, 90);
  seen.client_sends("defghij\r\n0\r\n\r\n");
  seen.server_sends(ok_1);
  CHECK(summary(seen.only()) == "POST /1 -> 200 truncated_gap");
  CHECK(seen.only().request->body.bytes == "abc");
  CHECK(seen.only().request->body.size_carried == 100);
  works_again(seen);
}

TEST_CASE("a hole over the framing of a chunked body ends the message") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  seen.lose(tap::in, 4);
  seen.server_sends("6\r\nstray!\r\n0\r\n\r\n");
  CHECK(summary(seen.only()) == "GET /1 -> 200 truncated_gap");
  CHECK(seen.only().response->body.bytes == "ab");
  CHECK(seen.ledger()[stream_drop::resync] == 16);
  works_again(seen);
}

TEST_CASE("what was lost right before the close is a hole") {
  auto head = std::string{GENERATE("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")};
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends(head + "ab");
  seen.lose(tap::in, 8);
  seen.close();
  CHECK(summary(seen.only()) == "GET /1 -> 200 truncated_gap");
  CHECK(seen.only().response->body.bytes == "ab");
  CHECK(seen.only().response->body.size_carried == 10);
  CHECK(seen.ledger().lost == 8);
  CHECK(seen.ledger().holes == 1);
}

TEST_CASE("a message that the end of its connection cuts short is aborted") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
  if (GENERATE(true, false))
    seen.close();
  else
    seen.stage.process_exited(seen.current.connection.tgid, seen.exchanges);
  CHECK(summary(seen.only()) == "GET /1 -> 200 aborted");
  CHECK(seen.only().response->body.truncated);
  CHECK(seen.ledger().lost == 0);
}

TEST_CASE("a hole in a body until close is part of it") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\n\r\nab");
  seen.lose(tap::in, 6);
  seen.server_sends("ij");
  seen.close();
  CHECK(summary(seen.only()) == "GET /1 -> 200 truncated_gap");
  CHECK(seen.only().response->body.bytes == "ab");
  CHECK(seen.only().response->body.size_carried == 10);
}

TEST_CASE("a hole in a head leaves no message") {
  auto seen = tap{};
  seen.client_sends("GET /1 HTTP/1.1\r\nHost: a");
  seen.lose(tap::out, 5);
  seen.client_sends("Rest: x\r\n\r\n");
  seen.server_sends(ok_1);
  CHECK(summaries(seen.exchanges) == list{"? -> 200 response_only"});
  CHECK(seen.ledger()[stream_drop::resync] == 25 + 11);
  works_again(seen);
}

TEST_CASE("a lost response leaves its request alone and is not replaced by the next") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.lose(tap::in, 39);
  seen.client_sends(get_2);
  seen.server_sends(ok_2);
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> ? request_only", "GET /2 -> ? request_only", "? -> 200 response_only"});
  works_again(seen);
}

TEST_CASE("a lost request leaves its response alone, and the next pair is right") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends(ok_1);
  seen.lose(tap::out, 19);
  seen.server_sends(ok_2);
  seen.client_sends(get_3);
  seen.server_sends(ok_3);
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> 200 complete", "? -> 200 response_only", "GET /3 -> 200 complete"});
  CHECK(seen.exchanges[2].response->body.bytes == "3");
}

TEST_CASE("a lost first response is noticed, since both directions begin together") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.lose(tap::in, 39);
  seen.server_sends(ok_2);
  CHECK(seen.ledger().lost == 39);
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> ? request_only", "? -> 200 response_only"});
}

TEST_CASE("nothing is paired across a place where nobody knows what is missing") {
  auto seen = tap{};
  seen.next(tap::out) = 500; // so the beginning was not seen
  seen.next(tap::in) = 900;
  seen.client_sends(get_1);
  seen.server_sends(ok_1);
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> ? request_only", "? -> 200 response_only"});
  CHECK(seen.ledger().lost == 0);
  works_again(seen);
}

TEST_CASE("bytes that came before are ignored and counted") {
  auto seen = tap{};
  seen.client_sends("GET /1 HT");
  seen.next(tap::out) -= 4;
  seen.client_sends("1 HTTP/1.1\r\n\r\n");
  seen.server_sends(ok_1);
  seen.next(tap::in) = 0;
  seen.server_sends(ok_1);
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 complete"});
  CHECK(seen.ledger()[stream_drop::overlap] == 4 + 39);
}

TEST_CASE("what the kernel cut inside a body of known length is skipped") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.chunk(tap::in, "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\nbegin", 399990);
  seen.server_sends("finis");
  CHECK(summary(seen.only()) == "GET /1 -> 200 truncated_kernel");
  CHECK(seen.only().response->body.bytes == "begin");
  CHECK(seen.only().response->body.size_carried == 400000);
  CHECK(seen.ledger()[stream_drop::call_limit] == 399990);
  CHECK(seen.ledger().lost == 0);
  works_again(seen);
}

TEST_CASE("what the kernel cut up to the end of a body ends the message") {
  auto seen = tap{};
  seen.chunk(tap::out, "POST /1 HTTP/1.1\r\nContent-Length: 4000000000\r\n\r\n", 4000000000u);
  seen.server_sends(ok_1);
  CHECK(summary(seen.only()) == "POST /1 -> 200 truncated_kernel");
  CHECK(seen.only().request->body.size_carried == 4000000000);
  works_again(seen);
}

TEST_CASE("what the kernel cut elsewhere ends the message and its pairing") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.chunk(tap::in, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFF\r\nab", 300);
  seen.client_sends(get_2);
  seen.chunk(tap::in, "HTTP/1.1 204 No Content\r\n\r\n", 1);
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 truncated_kernel", "GET /2 -> 204 complete"});
  works_again(seen);
}

TEST_CASE("what the kernel cut of bytes already known is not lost") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
  seen.next(tap::in) = 0;
  seen.chunk(tap::in, "HTTP", 34); // all but the body's byte was seen before
  seen.server_sends("x");
  CHECK(seen.ledger()[stream_drop::overlap] == 38);
  CHECK(summary(seen.only()) == "GET /1 -> 200 complete");
}

TEST_CASE("bytes that are not HTTP in the middle of it are dropped with what waits") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends(ok_1);
  seen.client_sends(get_2);
  seen.server_sends("\x01garbage");
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 complete", "GET /2 -> ? request_only"});
  CHECK(seen.ledger()[stream_drop::parse_error] == 8);
  works_again(seen);
}

TEST_CASE("a body whose framing breaks is dropped, its request goes out") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
  seen.server_sends("no size\r\n");
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> ? request_only"});
  CHECK(seen.ledger()[stream_drop::parse_error] == 63);
  works_again(seen);
}

TEST_CASE("a request whose framing breaks is dropped, its early response goes out") {
  auto seen = tap{};
  seen.client_sends("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  seen.server_sends("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  seen.client_sends("no size\r\n");
  CHECK(summaries(seen.exchanges) == list{"? -> 400 response_only"});
  works_again(seen);
}

TEST_CASE("a hole in a request that is being answered leaves the pair together") {
  auto seen = tap{};
  seen.client_sends("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  seen.lose(tap::out, 7);
  seen.client_sends("2\r\ncd\r\n");
  seen.server_sends("ok");
  CHECK(summaries(seen.exchanges) == list{"POST / -> 200 truncated_gap"});
  works_again(seen);
}

TEST_CASE("a response that answers an unseen HEAD does not swallow the next one") {
  auto seen = tap{};
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n");
  seen.client_sends(get_2);
  seen.server_sends(ok_2);
  CHECK(summaries(seen.exchanges) == list{"? -> 200 response_only", "GET /2 -> 200 complete"});
}

TEST_CASE("of a response to an unseen request the head alone is certain") {
  auto seen = tap{};
  seen.server_sends(ok_1);
  CHECK(summaries(seen.exchanges) == list{"? -> 200 response_only"});
  CHECK(seen.only().response->headers.size() == 1);
  CHECK(seen.only().response->body.bytes.empty());
  CHECK(seen.only().response->body.truncated);
  CHECK(seen.ledger()[stream_drop::resync] == 1);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK_FALSE(seen.exchanges[1].response->body.truncated);
  works_again(seen);
}

TEST_CASE("a response seen before the call that wrote its request is not paired with the next") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends(ok_1);
  seen.server_sends(ok_2);
  seen.client_sends(get_2);
  seen.client_sends(get_3);
  seen.server_sends(ok_3);
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> 200 complete", "? -> 200 response_only", "GET /2 -> ? request_only", "GET /3 -> 200 complete"});
  CHECK(seen.exchanges[3].response->body.bytes == "3");
}

TEST_CASE("after a loss, a client that pipelines is paired again once nothing can be under way") {
  auto seen = tap{};
  seen.client_sends(std::string{get_1} + get_2 + get_3);
  seen.lose(tap::in, 39);
  seen.server_sends(ok_2);
  seen.client_sends("GET /4 HTTP/1.1\r\n\r\n"); // its response is not the next one
  seen.server_sends(ok_3);
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> ? request_only", "GET /2 -> ? request_only", "GET /3 -> ? request_only",
             "? -> 200 response_only", "GET /4 -> ? request_only", "? -> 200 response_only", "? -> 204 response_only"});
  CHECK(seen.exchanges[3].response->body.bytes == "2"); // no HEAD among the requests: its end is certain
  SECTION("not at once") {
    seen.client_sends("GET /5 HTTP/1.1\r\n\r\n");
    CHECK(summary(seen.exchanges.back()) == "GET /5 -> ? request_only");
  }
  SECTION("when both were silent") {
    seen.current.at += 1s;
    works_again(seen);
  }
}

TEST_CASE("a slow server must be silent for longer") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.current.at += 2s;
  seen.server_sends(ok_1);
  seen.client_sends(std::string{get_2} + get_3);
  seen.lose(tap::in, 39);
  seen.server_sends(ok_3);
  seen.current.at += 7s;
  seen.client_sends("GET /4 HTTP/1.1\r\n\r\n");
  CHECK(summary(seen.exchanges.back()) == "GET /4 -> ? request_only");
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  seen.current.at += 9s;
  works_again(seen);
}

TEST_CASE("when every response to pipelined requests was seen, the next is paired at once") {
  auto seen = tap{};
  seen.client_sends(std::string{get_1} + get_2 + get_3);
  seen.server_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  seen.lose(tap::in, 5); // within the first response
  seen.server_sends("\r\n0\r\n\r\n");
  seen.server_sends(ok_2);
  seen.server_sends(ok_3);
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 truncated_gap", "GET /2 -> ? request_only",
                                          "GET /3 -> ? request_only", "? -> 200 response_only",
                                          "? -> 200 response_only"});
  works_again(seen);
}

TEST_CASE("where a HEAD may be among the requests, of a response the head alone is certain") {
  auto seen = tap{};
  seen.client_sends(std::string{get_1} + "HEAD /2 HTTP/1.1\r\n\r\n" + get_3);
  seen.lose(tap::in, 39);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
  seen.server_sends(ok_3);
  CHECK(seen.exchanges.size() == 5);
  CHECK(summary(seen.exchanges.back()) == "? -> 200 response_only");
  CHECK(seen.exchanges.back().response->body.truncated);
}

TEST_CASE("interim responses survive the loss of the final one in the ledger") {
  auto seen = tap{};
  seen.client_sends(get_1);
  seen.server_sends("HTTP/1.1 103 Early Hints\r\n\r\n");
  seen.close();
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> ? request_only"});
  CHECK(seen.ledger().in_exchanges == 19 + 28);
}
