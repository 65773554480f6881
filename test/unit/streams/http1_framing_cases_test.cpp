// Odd bodies and odd turns, and what becomes of them: nothing is paired with what it does not belong to.
#include "test/unit/streams/http1_cases.hpp"

using namespace cleartap;
using namespace cleartap::http1_cases;
using namespace std::string_literals;

TEST_CASE("HTTP/1 lengths") {
  check({
      {"leading zeros", {post("Content-Length: 002\r\n"), ok}, posted},
      {"space behind", {post("Content-Length: 2 \r\n"), ok}, posted},
      {"folded", {post("Content-Length:\r\n 2\r\n"), ok}, posted},
      {"any case", {post("cONTENT-lENGTH: 2\r\n"), ok}, {"POST / cONTENT-lENGTH=2 'hi' -> 200 'ok'"}},
      {"in a GET", {c("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"), ok}, {"GET / 'hi' -> 200 'ok'"}},
      {"in HTTP/1.0", {c("POST / HTTP/1.0\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"), ok}, posted},
      {"none in a POST", {post("", ""), ok}, {"POST / -> 200 'ok'"}},
      {"twice the same", {post("Content-Length: 2\r\nContent-Length: 2\r\n"), ok}, answer_alone},
      {"two different ones", {post("Content-Length: 2\r\nContent-Length: 3\r\n"), ok}, answer_alone},
      {"a list", {post("Content-Length: 2, 2\r\n"), ok}, answer_alone},
      {"a sign", {post("Content-Length: +2\r\n"), ok}, answer_alone},
      {"negative", {post("Content-Length: -2\r\n"), ok}, answer_alone},
      {"words", {post("Content-Length: two\r\n"), ok}, answer_alone},
      {"hexadecimal", {post("Content-Length: 0x2\r\n"), ok}, answer_alone},
      {"two numbers", {post("Content-Length: 2 2\r\n"), ok}, answer_alone},
      {"empty", {post("Content-Length:\r\n", ""), ok}, answer_alone},
      {"beyond 64 bits", {post("Content-Length: 18446744073709551616\r\n"), ok}, answer_alone},
      {"beside chunks, before",
       {post("Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' -> 200 'ok'"}},
      {"beside chunks, behind",
       {post("Transfer-Encoding: chunked\r\nContent-Length: 9\r\n", "2\r\nhi\r\n0\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' -> 200 'ok'"}},
  });
}

TEST_CASE("HTTP/1 transfer codings") {
  const auto no_end = [](const std::string& coding) {
    return list{"POST / Transfer-Encoding=" + coding + " cut -> 200 'ok' truncated_gap"};
  };
  check({
      {"capitals",
       {post("TRANSFER-ENCODING: CHUNKED\r\n", "2\r\nhi\r\n0\r\n\r\n"), ok},
       {"POST / TRANSFER-ENCODING=CHUNKED 'hi' -> 200 'ok'"}},
      {"folded", {coded("\r\n chunked"), ok}, {"POST / Transfer-Encoding=chunked 'hi' -> 200 'ok'"}},
      {"in HTTP/1.0",
       {c("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' -> 200 'ok'"}},
      {"identity first",
       {coded(" identity, chunked"), ok},
       {"POST / Transfer-Encoding=identity, chunked 'hi' -> 200 'ok'"}},
      {"empty first", {coded(" , chunked"), ok}, {"POST / Transfer-Encoding=, chunked 'hi' -> 200 'ok'"}},
      // It is no gzip, and no one looks into it.
      {"gzip first", {coded(" gzip, chunked"), ok}, {"POST / Transfer-Encoding=gzip, chunked cut -> 200 'ok'"}},
      {"gzip first, in a line of its own",
       {coded(" gzip\r\nTransfer-Encoding: chunked"), ok},
       {"POST / Transfer-Encoding=gzip Transfer-Encoding=chunked cut -> 200 'ok'"}},
      {"gzip last", {coded(" chunked, gzip"), ok}, answer_alone},
      {"chunked twice", {coded(" chunked, chunked"), ok}, answer_alone},
      {"an empty one last", {coded(" chunked,"), ok}, answer_alone},
      {"unknown", {coded(" pigeons"), ok}, no_end("pigeons")},
      {"nearly", {coded(" xchunked"), ok}, no_end("xchunked")},
      {"with a parameter", {coded(" chunked;q=1"), ok}, no_end("chunked;q=1")},
      {"in quotes", {coded(" \"chunked\""), ok}, no_end("\"chunked\"")},
      {"identity beside a length",
       {post("Transfer-Encoding: identity\r\nContent-Length: 2\r\n"), ok},
       no_end("identity")},
      {"unknown, of a response",
       {line("GET / HTTP/1.1"), reply("Transfer-Encoding: identity\r\n", "until the end")},
       {"GET / -> 200 Transfer-Encoding=identity 'until the end'"}},
  });
}

TEST_CASE("HTTP/1 chunks") {
  const auto seen = list{"POST / Transfer-Encoding=chunked 'hi' -> 200 'ok'"};
  check({
      {"capital and small digits",
       {chunks("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked '01234567890123456789' -> 200 'ok'"}},
      {"leading zeros", {chunks("0000000000000000000002\r\nhi\r\n000\r\n\r\n"), ok}, seen},
      {"extensions", {chunks("2;a;b=c\r\nhi\r\n0;d\r\n\r\n"), ok}, seen},
      {"trailers",
       {chunks("2\r\nhi\r\n0\r\nT: 1 \r\nU:\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' T=1 U= -> 200 'ok'"}},
      {"folded trailer",
       {chunks("2\r\nhi\r\n0\r\nT: 1\r\n 2\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' T=1 2 -> 200 'ok'"}},
      {"a length as trailer", {chunks("2\r\nhi\r\n0\r\nContent-Length: 9\r\n\r\n"), ok}, seen},
      {"no data", {chunks("0\r\n\r\n"), ok}, {"POST / Transfer-Encoding=chunked -> 200 'ok'"}},
      {"a size beyond 64 bits", {chunks("10000000000000000\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"a negative size", {chunks("-2\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"0x", {chunks("0x2\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"no size", {chunks("\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"more data than its size", {chunks("2\r\nhi!\r\n0\r\n\r\n"), ok}, answer_alone},
      {"less data than its size", {chunks("4\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"line feeds alone",
       {chunks("2\nhi\n0\nT: 1\n\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' T=1 -> 200 'ok'"}},
      {"white space behind the size", {chunks("2  \r\nhi\r\n0 \t\r\n\r\n"), ok}, seen},
      {"white space around an extension", {chunks("2 ; a = b\r\nhi\r\n0\r\n\r\n"), ok}, seen},
      {"an empty extension", {chunks("2;\r\nhi\r\n0;\r\n\r\n"), ok}, seen},
      {"a quoted extension", {chunks("2;a=\"b;\\\"c\"\r\nhi\r\n0\r\n\r\n"), ok}, seen},
      {"what is no extension", {chunks("2 [a]\r\nhi\r\n0\r\n\r\n"), ok}, seen},
      {"a long extension", {chunks("2;" + std::string(5000, 'a') + "\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"a carriage return in an extension", {chunks("2;a\rb\r\nhi\r\n0\r\n\r\n"), ok}, answer_alone},
      {"a carriage return behind the data", {chunks("2\r\nhi\r0\r\n\r\n"), ok}, answer_alone},
      {"a carriage return for a line end", {chunks("2\r\nhi\r\n0\r\n\rX"), ok}, answer_alone},
      {"a coding as trailer", {chunks("2\r\nhi\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"), ok}, answer_alone},
  });
}

TEST_CASE("HTTP/1 turns") {
  const auto get = line("GET / HTTP/1.1");
  const auto expects = c("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  const auto goes_on = s("HTTP/1.1 100 Continue\r\n\r\n");
  check({
      {"100, then the body", {expects, goes_on, c("hi"), ok}, {"POST / Expect=100-continue 'hi' -> 200 'ok'"}},
      {"the body without 100", {expects, c("hi"), ok}, {"POST / Expect=100-continue 'hi' -> 200 'ok'"}},
      {"100 twice", {expects, goes_on, goes_on, c("hi"), ok}, {"POST / Expect=100-continue 'hi' -> 200 'ok'"}},
      {"100, 102 and 103",
       {get, goes_on, s("HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nLink: a\r\nContent-Length: 5\r\n\r\n"), ok},
       plain},
      {"refused before the body, which comes",
       {expects, s("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), c("hi"), get, ok},
       {"POST / Expect=100-continue 'hi' -> 417", "GET / -> 200 'ok'"}},
      {"refused before the body, which does not come",
       {expects, s("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")},
       {"POST / Expect=100-continue cut -> 417 aborted"}},
      {"refused in the middle of chunks",
       {chunks("2\r\nhi\r\n"), s("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n")},
       {"POST / Transfer-Encoding=chunked 'hi' cut -> 413 aborted"}},
      {"pipelined with bodies",
       {c("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1POST /2 HTTP/1.1\r\nHost: h\r\n"
          "Transfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\nHEAD /3 HTTP/1.1\r\nHost: h\r\n\r\n"),
        s("HTTP/1.1 201 A\r\nContent-Length: 1\r\n\r\naHTTP/1.1 202 B\r\nTransfer-Encoding: "
          "chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"
          "HTTP/1.1 203 C\r\nContent-Length: 7\r\n\r\n")},
       {"POST /1 '1' -> 201 'a'", "POST /2 Transfer-Encoding=chunked '2' -> 202 Transfer-Encoding=chunked 'b'",
        "HEAD /3 -> 203"}},
      {"behind Connection: close",
       {fields("Connection: close\r\n"), reply("Connection: close\r\nContent-Length: 2\r\n", "ok"), get, ok},
       {"GET / Connection=close -> 200 Connection=close 'ok'", "GET / -> 200 'ok'"}},
      {"an upgrade refused",
       {fields("Upgrade: websocket\r\nConnection: Upgrade\r\n"), ok, get, ok},
       {"GET / Upgrade=websocket Connection=Upgrade -> 200 'ok'", "GET / -> 200 'ok'"}},
      {"an upgrade demanded",
       {get, s("HTTP/1.1 426 U\r\nUpgrade: x\r\nConnection: Upgrade\r\nContent-Length: 1\r\n\r\nu"), get, ok},
       {"GET / -> 426 Upgrade=x Connection=Upgrade 'u'", "GET / -> 200 'ok'"}},
      {"an upgrade of a request with a body",
       {post("Upgrade: x\r\nConnection: Upgrade\r\nContent-Length: 2\r\n"),
        s("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        c("GET / HTTP/1.1\r\n\r\n")},
       {"POST / Upgrade=x Connection=Upgrade 'hi' -> 101 Upgrade=x Connection=Upgrade"}},
      {"101 with a length",
       {fields("Upgrade: x\r\n"), s("HTTP/1.1 101 S\r\nContent-Length: 3\r\n\r\nabc")},
       {"GET / Upgrade=x -> 101"}},
      {"a tunnel",
       {line("CONNECT i:1 HTTP/1.1"), s("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nGET / HTTP/1.1\r\n\r\n")},
       {"CONNECT  @i:1 -> 200"}},
      {"a tunnel refused",
       {line("CONNECT i:1 HTTP/1.1"), s("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"), get, ok},
       {"CONNECT  @i:1 -> 403 'no'", "GET / -> 200 'ok'"}},
  });
}

TEST_CASE("HTTP/1 requests within requests are content") {
  const auto hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"s;
  check({
      {"by a length beside chunks",
       {post("Content-Length: 40\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), ok, line("GET /2 HTTP/1.1"), ok},
       {"POST / Transfer-Encoding=chunked -> 200 'ok'", "GET /2 -> 200 'ok'"}},
      {"by a coding that hides chunks",
       {coded("\x0B"
              "chunked"),
        ok, line("GET /2 HTTP/1.1"), ok},
       {"? -> 200 cut", "POST / Transfer-Encoding=\x0B"
                        "chunked cut -> 200 'ok' truncated_gap"}},
      {"by an unknown coding",
       {post("Transfer-Encoding: x\r\nContent-Length: 34\r\n", hidden), ok},
       {"POST / Transfer-Encoding=x cut -> 200 'ok' truncated_gap"}},
      {"by two lengths",
       {post("Content-Length: 0\r\nContent-Length: 34\r\n", hidden), ok},
       answer_alone,
       {"GET /hidden -> ?", "? -> 200 cut"}},
      {"in a chunk",
       {chunks("21\r\n" + hidden + "\r\n0\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked '" + hidden + "' -> 200 'ok'"}},
      {"in a value",
       {fields("A: " + std::string{"1\r\n "} + "GET /hidden HTTP/1.1\r\n"), ok},
       {"GET / A=1 GET /hidden HTTP/1.1 -> 200 'ok'"}},
      {"behind a carriage return",
       {c("GET / HTTP/1.1\r\nHost: h\r\n\rXGET /hidden: HTTP/1.1\r\n\r\n"), ok},
       answer_alone,
       {"GET /hidden: @ -> ?", "? -> 200 cut"}},
  });
}

TEST_CASE("a body until close whose end was not seen is cut") {
  auto seen = tap{};
  seen.client_sends("GET / HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\n\r\npart");
  seen.drain();
  CHECK(summary(seen.only()) == "GET / -> 200 truncated_gap");
  CHECK(seen.only().response->body.bytes == "part");
}
