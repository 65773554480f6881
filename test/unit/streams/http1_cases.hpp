// Tables of odd HTTP/1 messages: how a case is written, played and told. Each comes whole and byte by byte.
#pragma once

#include "test/unit/streams/tap.hpp"

namespace cleartap::http1_cases {

using list = std::vector<std::string>;

struct turn {
  direction way;
  std::string text;
};
inline turn c(std::string text) { return {tap::out, std::move(text)}; }
inline turn s(std::string text) { return {tap::in, std::move(text)}; }

struct http1_case {
  const char* name;
  std::vector<turn> turns;
  list expected;
  list bytewise = expected; // where a chunk that begins like a message is taken for one
};

inline const auto ok = s("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

inline turn line(const std::string& start) { return c(start + "\r\nHost: h\r\n\r\n"); }
inline turn fields(const std::string& lines) { return c("GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n"); }
inline turn post(const std::string& lines, const std::string& body = "hi") {
  return c("POST / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n" + body);
}
inline turn chunks(const std::string& framed) { return post("Transfer-Encoding: chunked\r\n", framed); }
inline turn coded(const std::string& coding) {
  return post("Transfer-Encoding:" + coding + "\r\n", "2\r\nhi\r\n0\r\n\r\n");
}
inline turn reply(const std::string& lines, const std::string& body) {
  return s("HTTP/1.1 200 OK\r\n" + lines + "\r\n" + body);
}

/// What tells little is left out: the host and an announced length.
inline std::string told(const http_headers& headers) {
  auto text = std::string{};
  for (const auto& [name, value] : headers)
    if (name != "Host" && name != "Content-Length")
      text += " " + name + "=" + value;
  return text;
}

inline std::string told(const http_body& body, const http_headers& trailers) {
  return (body.bytes.empty() ? "" : " '" + body.bytes + "'") + (body.truncated ? " cut" : "") + told(trailers);
}

inline std::string told(const exchange& of) {
  auto text = std::string{"?"};
  if (of.request)
    text = of.request->method + " " + of.request->path + (of.request->query ? "?" + *of.request->query : "") +
           (of.request->host == "h" ? "" : " @" + of.request->host) + told(of.request->headers) +
           told(of.request->body, of.request->trailers);
  text += " -> ";
  text += of.response ? std::to_string(of.response->status) + told(of.response->headers) +
                            told(of.response->body, of.response->trailers)
                      : "?";
  return of.request && of.response && of.quality != exchange_quality::complete
             ? text + " " + std::string{to_string(of.quality)}
             : text;
}

inline void feed(tap& into, const std::vector<turn>& turns, std::size_t step) {
  for (const auto& [way, text] : turns)
    for (std::size_t i = 0; i < text.size(); i += step)
      into.chunk(way, std::string_view{text}.substr(i, step));
}

inline list outcome(const std::vector<turn>& turns, std::size_t step) {
  auto seen = tap{};
  feed(seen, turns, step);
  seen.close();
  CHECK(seen.ledger().queued == 0);
  auto all = list{};
  for (const auto& each : seen.exchanges)
    all.push_back(told(each));
  return all;
}

/// Whatever came before: what follows is paired with nothing else.
inline void check_next(const std::vector<turn>& turns) {
  auto seen = tap{};
  feed(seen, turns, std::string::npos);
  seen.client_sends("GET /next HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 218 Next\r\nContent-Length: 0\r\n\r\n");
  seen.close();
  for (const auto& each : seen.exchanges)
    if (each.request && each.response)
      CHECK((each.request->path == "/next") == (each.response->status == 218));
}

inline void check(const std::vector<http1_case>& cases) {
  for (const auto& each : cases) {
    INFO(each.name);
    CHECK(outcome(each.turns, std::string::npos) == each.expected);
    CHECK(outcome(each.turns, 1) == each.bytewise);
    check_next(each.turns);
  }
}

/// The request was not understood.
inline const auto answer_alone = list{"? -> 200 cut"};
inline const auto plain = list{"GET / -> 200 'ok'"};
inline const auto posted = list{"POST / 'hi' -> 200 'ok'"};

} // namespace cleartap::http1_cases
