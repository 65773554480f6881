// Tables of HTTP/2's edges: how a case is written, played and told. Each comes whole and byte by byte.
#pragma once

#include "test/unit/streams/http2_side.hpp"
#include "test/unit/streams/tap.hpp"

namespace cleartap::http2_cases {

using list = std::vector<std::string>;

struct peers {
  http2_side client{65536};
  http2_side server{65536};
};

/// What the client sends, then the server; after the beginning of the connection.
struct turns {
  std::string client;
  std::string server = {};
};

struct http2_case {
  const char* name;
  turns (*make)(peers& of);
  list expected;
};

inline std::string told(const exchange& of) {
  auto text = std::string{"?"};
  auto add_body = [&](const http_body& body, const http_headers& trailers) {
    text += (body.bytes.empty() ? "" : " '" + body.bytes + "'") + (body.truncated ? " cut" : "");
    for (const auto& [name, value] : trailers)
      text += " " + name + "=" + value;
  };
  if (of.request) {
    text = of.request->method + " " + (of.request->path.empty() ? of.request->host : of.request->path);
    add_body(of.request->body, of.request->trailers);
  }
  text += " -> ";
  if (!of.response)
    return text + "?";
  text += std::to_string(of.response->status);
  for (const auto& [name, value] : of.response->headers)
    text += " " + name + "=" + value;
  add_body(of.response->body, of.response->trailers);
  return of.request && of.quality != exchange_quality::complete ? text + " " + std::string{to_string(of.quality)}
                                                                : text;
}

struct outcome {
  list exchanges;
  std::string next; // an exchange after all of it, on a stream with a high number
};

inline std::string ok(peers& of, std::uint32_t id = 1) {
  return of.server.headers(id, status(200), false) + data_frame(id, "ok", true);
}
inline std::string asks(peers& of, std::uint32_t id = 1) { return of.client.headers(id, get("/"), true); }
inline std::string posts(peers& of, std::uint32_t id = 1) { return of.client.headers(id, post("/p"), false); }

/// `before`: what comes first, of the same peers.
inline outcome play(const http2_case& each, std::size_t step, turns (*before)(peers& of) = nullptr) {
  auto seen = tap{};
  auto of = peers{};
  seen.client_sends(std::string{http2_preface} + settings_frame());
  seen.server_sends(settings_frame());
  auto first = before ? before(of) : turns{};
  auto made = each.make(of);
  auto feed = [&](direction way, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); i += step)
      seen.chunk(way, text.substr(i, step));
  };
  feed(tap::out, first.client + made.client);
  feed(tap::in, first.server + made.server);
  seen.client_sends(of.client.headers(0x7FFF'FFFF, get("/next"), true));
  seen.server_sends(of.server.headers(0x7FFF'FFFF, status(218), true));
  seen.drain();
  auto all = outcome{};
  for (const auto& exchange : seen.exchanges) {
    auto is_next = (exchange.request && exchange.request->path == "/next") ||
                   (exchange.response && exchange.response->status == 218);
    if (is_next)
      all.next += told(exchange);
    else
      all.exchanges.push_back(told(exchange));
  }
  return all;
}

/// Errors of a stream, and what is none.
inline void check_goes_on(const std::vector<http2_case>& cases) {
  for (const auto& each : cases)
    for (auto step : {std::string::npos, std::size_t{1}}) {
      INFO(each.name << (step == 1 ? ", byte by byte" : ""));
      auto made = play(each, step);
      CHECK(made.exchanges == each.expected);
      CHECK(made.next == "GET /next -> 218");
    }
}

/// Errors of the connection, behind a complete exchange: it is closed, but more may have been sent.
inline void check_is_over(const std::vector<http2_case>& cases) {
  for (const auto& each : cases)
    for (auto step : {std::string::npos, std::size_t{1}}) {
      INFO(each.name << (step == 1 ? ", byte by byte" : ""));
      auto made = play(each, step, [](peers& of) { return turns{asks(of), ok(of)}; });
      CHECK(made.exchanges == each.expected);
      // Apart, together, or with a field unknown, but never with another one's half.
      auto next = made.next;
      CHECK((next.empty() || next.starts_with("GET /next -> ?") || next == "? -> 218" || next == "? -> 218 cut" ||
             next.starts_with("GET /next -> 218")));
    }
}

inline const auto plain = list{"GET / -> 200 'ok'"};
inline constexpr auto whole = unsigned{frame_flag::end_headers | frame_flag::end_stream};

} // namespace cleartap::http2_cases
