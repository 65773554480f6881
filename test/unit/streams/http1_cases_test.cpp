// Odd heads, and what becomes of them: what a server accepts and answers is an exchange, and what nobody understands is
// never part of one.
#include "test/unit/streams/http1_cases.hpp"

using namespace cleartap;
using namespace cleartap::http1_cases;
using namespace std::string_literals;

TEST_CASE("HTTP/1 request lines") {
  check({
      {"absolute target", {line("GET http://u:p@i:80/x?y HTTP/1.1"), ok}, {"GET /x?y @i:80 -> 200 'ok'"}},
      {"absolute target in capitals", {line("GET HTTP://I HTTP/1.1"), ok}, {"GET / @I -> 200 'ok'"}},
      {"authority",
       {line("CONNECT i:1 HTTP/1.1"), s("HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nx")},
       {"CONNECT  @i:1 -> 403 'x'"}},
      {"asterisk", {line("OPTIONS * HTTP/1.1"), ok}, {"OPTIONS * -> 200 'ok'"}},
      {"fragment", {line("GET /a#b HTTP/1.1"), ok}, {"GET /a#b -> 200 'ok'"}},
      {"empty query", {line("GET /a? HTTP/1.1"), ok}, {"GET /a? -> 200 'ok'"}},
      {"two slashes", {line("GET //a HTTP/1.1"), ok}, {"GET //a -> 200 'ok'"}},
      {"bytes beyond ASCII", {line("GET /\xC3\xA9\xFF HTTP/1.1"), ok}, {"GET /\xC3\xA9\xFF -> 200 'ok'"}},
      {"punctuation", {line("GET /a\"<>\\^`{|} HTTP/1.1"), ok}, {"GET /a\"<>\\^`{|} -> 200 'ok'"}},
      {"long target",
       {line("GET /" + std::string(60000, 'a') + " HTTP/1.1"), ok},
       {"GET /" + std::string(60000, 'a') + " -> 200 'ok'"}},
      {"too long target",
       {line("GET /" + std::string(70000, 'a') + " HTTP/1.1"), s("HTTP/1.1 414 Long\r\n\r\n")},
       {"? -> 414 cut"}},
      {"space in the target", {line("GET /a b HTTP/1.1"), ok}, answer_alone},
      {"control character in the target", {line("GET /a\x01 HTTP/1.1"), ok}, answer_alone},
      {"NUL in the target", {line("GET /a\0 HTTP/1.1"s), ok}, answer_alone},
      {"no target", {line("GET HTTP/1.1"), ok}, answer_alone},
      {"tabs instead of spaces", {line("GET\t/\tHTTP/1.1"), ok}, answer_alone},
      {"two spaces before the version", {line("GET /  HTTP/1.1"), ok}, plain},
      {"space behind the version", {line("GET / HTTP/1.1 "), ok}, answer_alone},
      {"bare line feed", {c("GET / HTTP/1.1\nHost: h\r\n\r\n"), ok}, plain},
      {"HTTP/1.0", {line("GET / HTTP/1.0"), ok}, plain},
      {"HTTP/0.9", {c("GET /\r\n\r\n"), s("raw")}, {}},
      {"HTTP/1.2", {line("GET / HTTP/1.2"), ok}, answer_alone},
      {"HTTP/2.0", {line("GET / HTTP/2.0"), ok}, answer_alone},
      {"HTTP/11.1", {line("GET / HTTP/11.1"), ok}, answer_alone},
      {"HTTP/1.10", {line("GET / HTTP/1.10"), ok}, answer_alone},
      {"small letters", {line("GET / http/1.1"), ok}, answer_alone},
      {"another protocol", {line("GET / ICE/1.0"), ok}, answer_alone},
      {"empty lines before", {c("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), ok}, plain},
      {"line feed before", {c("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), ok}, plain},
      {"empty line between",
       {post("Content-Length: 2\r\n", "hi\r\n"), ok, line("GET / HTTP/1.1"), ok},
       {"POST / 'hi' -> 200 'ok'", "GET / -> 200 'ok'"}},
  });
}

TEST_CASE("HTTP/1 methods") {
  check({
      {"QUERY", {c("QUERY /q HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"), ok}, {"QUERY /q 'hi' -> 200 'ok'"}},
      {"one that nobody registered", {line("FROBNICATE /f HTTP/1.1"), ok}, {"FROBNICATE /f -> 200 'ok'"}},
      {"small letters", {line("patch /p HTTP/1.1"), ok}, {"patch /p -> 200 'ok'"}},
      {"hyphens", {line("BASELINE-CONTROL /b HTTP/1.1"), ok}, {"BASELINE-CONTROL /b -> 200 'ok'"}},
      {"later, any token",
       {line("GET / HTTP/1.1"), ok, line("X!9 * HTTP/1.1"), ok},
       {"GET / -> 200 'ok'", "X!9 * -> 200 'ok'"}},
      {"later, no token",
       {line("GET / HTTP/1.1"), ok, line("X(9) / HTTP/1.1"), ok},
       {"GET / -> 200 'ok'", "? -> 200 cut"}},
      {"later, none", {line("GET / HTTP/1.1"), ok, line(" / HTTP/1.1"), ok}, {"GET / -> 200 'ok'", "? -> 200 cut"}},
      {"later, too long",
       {line("GET / HTTP/1.1"), ok, line(std::string(33, 'X') + " / HTTP/1.1"), ok},
       {"GET / -> 200 'ok'", "? -> 200 cut"}},
      {"of RTSP", {line("DESCRIBE rtsp://h/ RTSP/1.0"), ok}, answer_alone},
      {"the preface of HTTP/2 behind HTTP/1",
       {line("GET / HTTP/1.1"), ok, c("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
       {"GET / -> 200 'ok'"}},
  });
}

TEST_CASE("HTTP/1 header fields") {
  check({
      {"folded", {fields("A: 1\r\n 2\r\n\t3\r\n"), ok}, {"GET / A=1 2\t3 -> 200 'ok'"}},
      {"folded behind nothing", {fields("A:\r\n 2\r\nB: 3\r\n"), ok}, {"GET / A=2 B=3 -> 200 'ok'"}},
      {"bare line feeds", {c("GET / HTTP/1.1\nHost: h\nA: 1\nB:\n\n"), ok}, {"GET / A=1 B= -> 200 'ok'"}},
      {"one bare line feed", {fields("A: 1\nB: 2\r\n"), ok}, {"GET / A=1 B=2 -> 200 'ok'"}},
      {"bare line feed at the end", {c("GET / HTTP/1.1\r\nHost: h\r\n\n"), ok}, plain},
      {"a length behind a bare line feed", {c("POST / HTTP/1.1\nHost: h\nContent-Length: 2\n\nhi"), ok}, posted},
      {"chunked behind a bare line feed",
       {c("POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n2\r\nhi\r\n0\r\n\r\n"), ok},
       {"POST / Transfer-Encoding=chunked 'hi' -> 200 'ok'"}},
      {"bare carriage return", {fields("A: 1\rB: 2\r\n"), ok}, answer_alone},
      {"empty values", {fields("A:\r\nB: \r\nC:\t\r\n"), ok}, {"GET / A= B= C= -> 200 'ok'"}},
      {"white space around", {fields("A:\t 1 \t\r\n"), ok}, {"GET / A=1 -> 200 'ok'"}},
      {"repeated", {fields("A: 1\r\na: 2\r\nA: 1\r\n"), ok}, {"GET / A=1 a=2 A=1 -> 200 'ok'"}},
      {"all characters of a token",
       {fields("!#$%&'*+-.^_`|~9z: 1\r\n"), ok},
       {"GET / !#$%&'*+-.^_`|~9z=1 -> 200 'ok'"}},
      {"space behind the name", {fields("Authorization : x\r\n"), ok}, {"GET / Authorization=x -> 200 'ok'"}},
      {"no token as name", {fields("A(1): 1\r\n"), ok}, answer_alone},
      {"no colon", {fields("A\r\n"), ok}, answer_alone},
      {"tab in a value", {fields("A: 1\t2\r\n"), ok}, {"GET / A=1\t2 -> 200 'ok'"}},
      {"control character in a value", {fields("A: 1\x01\x7F\r\n"), ok}, {"GET / A=1\x01\x7F -> 200 'ok'"}},
      {"bytes beyond ASCII", {fields("A: \xC3\xA9\xFF\r\n"), ok}, {"GET / A=\xC3\xA9\xFF -> 200 'ok'"}},
      {"NUL in a value", {fields("A: 1\0\r\n"s), ok}, answer_alone},
      {"no host", {c("GET / HTTP/1.1\r\n\r\n"), ok}, {"GET / @ -> 200 'ok'"}},
      {"two hosts", {fields("Host: i\r\n"), ok}, plain},
  });
}

TEST_CASE("HTTP/1 responses") {
  const auto get = line("GET / HTTP/1.1");
  check({
      {"no reason", {get, s("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")}, {"GET / -> 200"}},
      {"an empty reason", {get, s("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")}, {"GET / -> 200"}},
      {"two spaces before it", {get, s("HTTP/1.1 200  OK\r\nContent-Length: 0\r\n\r\n")}, {"GET / -> 200"}},
      {"a reason beyond ASCII",
       {get, s("HTTP/1.1 404 Non trouv\xC3\xA9\xE9\r\nContent-Length: 0\r\n\r\n")},
       {"GET / -> 404"}},
      {"a status of no class", {get, s("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n")}, {"GET / -> 999"}},
      {"bare line feeds", {get, s("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")}, plain},
      {"space behind a name",
       {get, reply("Set-Cookie : x\r\nContent-Length: 2\r\n", "ok")},
       {"GET / -> 200 Set-Cookie=x 'ok'"}},
      {"HTTP/1.0, kept alive",
       {get, s("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"), get, ok},
       {"GET / -> 200 Connection=keep-alive 'ok'", "GET / -> 200 'ok'"}},
      {"until the end", {get, reply("", "HTTP/1.1 200 OK\r\n\r\n")}, {"GET / -> 200 'HTTP/1.1 200 OK\r\n\r\n'"}},
      {"two status digits", {get, s("HTTP/1.1 20 OK\r\n\r\n")}, {"GET / -> ?"}},
      {"HTTP/1.2", {get, s("HTTP/1.2 200 OK\r\n\r\n")}, {"GET / -> ?"}},
      {"HTTP/2", {get, s("HTTP/2 200\r\n\r\n")}, {"GET / -> ?"}},
      {"no request", {ok}, {"? -> 200 cut"}},
      {"204 with a length",
       {get, s("HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n"), get, ok},
       {"GET / -> 204", "GET / -> 200 'ok'"}},
      {"304 with a length",
       {get, s("HTTP/1.1 304 No\r\nContent-Length: 2\r\n\r\n"), get, ok},
       {"GET / -> 304", "GET / -> 200 'ok'"}},
      {"304 with chunks announced",
       {get, s("HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n"), get, ok},
       {"GET / -> 304 Transfer-Encoding=chunked", "GET / -> 200 'ok'"}},
      {"205 with a length",
       {get, s("HTTP/1.1 205 No\r\nContent-Length: 0\r\n\r\n"), get, ok},
       {"GET / -> 205", "GET / -> 200 'ok'"}},
      {"to HEAD",
       {line("HEAD / HTTP/1.1"), reply("Content-Length: 9\r\n", ""), get, ok},
       {"HEAD / -> 200", "GET / -> 200 'ok'"}},
      {"to HEAD, chunked",
       {line("HEAD / HTTP/1.1"), reply("Transfer-Encoding: chunked\r\n", ""), get, ok},
       {"HEAD / -> 200 Transfer-Encoding=chunked", "GET / -> 200 'ok'"}},
      {"to HEAD, of unknown length",
       {line("HEAD / HTTP/1.1"), reply("", ""), get, ok},
       {"HEAD / -> 200", "GET / -> 200 'ok'"}},
      {"chunked and a length",
       {get, reply("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\nT: 1\r\n\r\n")},
       {"GET / -> 200 Transfer-Encoding=chunked 'ok' T=1"}},
      {"two lengths", {get, reply("Content-Length: 2\r\nContent-Length: 3\r\n", "ok")}, {"GET / -> ?"}},
  });
}

TEST_CASE("no rest of a line whose beginning was lost passes for a request") {
  auto seen = tap{};
  seen.client_sends("GET /1 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  seen.lose(tap::out, 2);
  seen.client_sends("T /2 HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 204 complete", "? -> 204 response_only"});
}
