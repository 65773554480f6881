// HTTP/2 of which everything is seen: what RFC 9113 allows, and what becomes of it.
#include "test/unit/streams/http2_side.hpp"
#include "test/unit/streams/tap.hpp"

using namespace cleartap;
using namespace std::chrono_literals;
using namespace std::string_literals;
using list = std::vector<std::string>;

namespace {

const auto preface = std::string{http2_preface} + settings_frame();

/// A connection that has begun.
struct connected : tap {
  connected() {
    client_sends(preface);
    server_sends(settings_frame());
  }
  explicit connected(const stream_limits& limits) : tap{limits} {
    client_sends(preface);
    server_sends(settings_frame());
  }

  http2_side client;
  http2_side server;
};

} // namespace

TEST_CASE("an exchange over HTTP/2 has every part of it") {
  auto seen = connected{};
  auto fields = post("/orders?page=2");
  fields.emplace_back("cookie", "a=1");
  fields.emplace_back("cookie", "b=2");
  seen.client_sends(seen.client.headers(1, fields, false) + data_frame(1, "{\"id\":", false) +
                    data_frame(1, "7}", true));
  seen.server_sends(seen.server.headers(1, status(201, {{"location", "/orders/7"}}), false) +
                    data_frame(1, "ok", true));
  const auto& made = seen.only();
  CHECK(summary(made) == "POST /orders -> 201 complete");
  CHECK(made.role == observer_role::client);
  CHECK(made.request->version == "2");
  CHECK(made.request->scheme == "https");
  CHECK(made.request->host == "shop.test");
  CHECK(made.request->query == "page=2");
  CHECK(made.request->headers == http_headers{{"content-type", "application/json"}, {"cookie", "a=1; b=2"}});
  CHECK(made.request->body.bytes == "{\"id\":7}");
  CHECK(made.request->body.size_carried == 8);
  CHECK(made.response->headers == http_headers{{"location", "/orders/7"}});
  CHECK(made.response->body.bytes == "ok");
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("a server's side is told by who sends the preface") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  seen.server_sends(preface + client.headers(1, get("/"), true)); // inbound
  seen.client_sends(settings_frame() + server.headers(1, status(204), true));
  CHECK(summary(seen.only()) == "GET / -> 204 complete");
  CHECK(seen.only().role == observer_role::server);
}

TEST_CASE("a server may speak first") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  auto settings = settings_frame() + frame(frame_type::window_update, 0, 0, "\0\1\0\0"s);
  auto cut = GENERATE(1u, 5u, 8u, 9u, 12u, 22u);
  seen.server_sends(std::string_view{settings}.substr(0, cut));
  if (cut < settings.size())
    seen.server_sends(std::string_view{settings}.substr(cut));
  seen.client_sends(preface + client.headers(1, get("/"), true));
  seen.server_sends(server.headers(1, status(204), true));
  CHECK(summary(seen.only()) == "GET / -> 204 complete");
}

TEST_CASE("interleaved streams keep their own bytes") {
  auto seen = connected{};
  seen.client_sends(joined({seen.client.headers(1, get("/1"), true), seen.client.headers(3, post("/3"), false),
                            seen.client.headers(5, get("/5"), true)}));
  seen.server_sends(seen.server.headers(5, status(200), false) + data_frame(5, "five", false));
  seen.client_sends(data_frame(3, "three", true));
  seen.server_sends(joined({seen.server.headers(1, status(404), false), data_frame(1, "one", true),
                            data_frame(5, "FIVE", true), seen.server.headers(3, status(500), true)}));
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> 404 complete", "GET /5 -> 200 complete", "POST /3 -> 500 complete"});
  CHECK(seen.exchanges[0].response->body.bytes == "one");
  CHECK(seen.exchanges[1].response->body.bytes == "fiveFIVE");
  CHECK(seen.exchanges[2].request->body.bytes == "three");
}

TEST_CASE("header blocks go on in CONTINUATION frames") {
  auto seen = connected{};
  auto block = seen.client.block(get("/cut"));
  auto rest = std::string_view{block};
  auto text = frame(frame_type::headers, frame_flag::end_stream, 1, rest.substr(0, 3));
  text += frame(frame_type::continuation, 0, 1, rest.substr(3, 0));
  text += frame(frame_type::continuation, 0, 1, rest.substr(3, 1));
  text += frame(frame_type::continuation, frame_flag::end_headers, 1, rest.substr(4));
  for (auto byte : text)
    seen.client_sends({&byte, 1});
  seen.server_sends(seen.server.headers(1, status(204), true));
  CHECK(summary(seen.only()) == "GET /cut -> 204 complete");
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("padding and priorities are no content") {
  auto seen = connected{};
  auto block = seen.client.block(post("/p"));
  auto flags = frame_flag::end_headers | frame_flag::padded | frame_flag::priority;
  auto text =
      frame(frame_type::headers, static_cast<unsigned>(flags), 1, "\5\0\0\0\0\x10"s + block + std::string(5, '\0'));
  text += frame(frame_type::data, frame_flag::padded, 1, "\3abc\0\0\0"s);
  text += frame(frame_type::data, frame_flag::padded, 1, "\4\0\0\0\0"s); // nothing but padding
  text += frame(frame_type::priority, 0, 1, "\0\0\0\0\x10"s);
  text += frame(frame_type::data, frame_flag::padded | frame_flag::end_stream, 1, "\0d"s);
  auto step = GENERATE(1u, 2u, 7u, 1000u);
  for (std::size_t i = 0; i < text.size(); i += step)
    seen.client_sends(std::string_view{text}.substr(i, step));
  seen.server_sends(seen.server.headers(1, status(204), true));
  CHECK(summary(seen.only()) == "POST /p -> 204 complete");
  CHECK(seen.only().request->body.bytes == "abcd");
  CHECK(seen.only().request->body.size_carried == 4);
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("trailers and interim responses are told from heads") {
  auto seen = connected{};
  seen.client_sends(joined({seen.client.headers(1, post("/svc/Do"), false), data_frame(1, "in", false),
                            seen.client.headers(1, {{"checksum", "1"}}, true)}));
  seen.server_sends(joined({seen.server.headers(1, status(100), false),
                            seen.server.headers(1, status(103, {{"link", "</a>"}}), false),
                            seen.server.headers(1, status(200), false), data_frame(1, "out", false),
                            seen.server.headers(1, {{"grpc-status", "0"}}, true)}));
  const auto& made = seen.only();
  CHECK(summary(made) == "POST /svc/Do -> 200 complete");
  CHECK(made.request->trailers == http_headers{{"checksum", "1"}});
  CHECK(made.response->headers.empty());
  CHECK(made.response->trailers == http_headers{{"grpc-status", "0"}});
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("a stream that is reset goes out as far as it came") {
  auto seen = connected{};
  seen.client_sends(joined({seen.client.headers(1, get("/1"), true), seen.client.headers(3, get("/3"), true),
                            seen.client.headers(5, post("/5"), false)}));
  seen.server_sends(seen.server.headers(1, status(200), false) + data_frame(1, "half", false));
  seen.client_sends(reset_frame(1) + reset_frame(3));
  seen.server_sends(data_frame(1, "late", true) + seen.server.headers(3, status(200), true)); // was under way
  seen.server_sends(seen.server.headers(5, status(413), true) + reset_frame(5));
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> 200 aborted", "GET /3 -> ? request_only", "POST /5 -> 413 aborted"});
  CHECK(seen.exchanges[0].response->body.bytes == "half");
  CHECK(seen.exchanges[0].response->body.truncated);
  CHECK(seen.ledger().queued == 0);
}

TEST_CASE("a response is complete with the length that it told, also if its stream is ended by the client") {
  auto end = GENERATE("close", "reset");
  auto content = std::string{GENERATE("ok", "o")};
  auto seen = connected{};
  seen.client_sends(seen.client.headers(1, get("/"), true));
  seen.server_sends(seen.server.headers(1, status(200, {{"content-length", "2"}}), false) +
                    data_frame(1, content, false));
  if (end == "reset"s)
    seen.client_sends(reset_frame(1));
  else
    seen.close();
  CHECK(summary(seen.only()) == "GET / -> 200 "s + (content == "ok" ? "complete" : "aborted"));
  CHECK(seen.only().response->body.truncated == (content != "ok"));
}

TEST_CASE("what a GOAWAY leaves out is answered no more") {
  auto seen = connected{};
  seen.client_sends(joined({seen.client.headers(1, get("/1"), true), seen.client.headers(3, get("/3"), true)}));
  seen.server_sends(frame(frame_type::goaway, 0, 0, "\0\0\0\1\0\0\0\0bye"s));
  CHECK(summaries(seen.exchanges) == list{"GET /3 -> ? request_only"});
  seen.server_sends(seen.server.headers(1, status(204), true));
  CHECK(summary(seen.exchanges.back()) == "GET /1 -> 204 complete");
}

TEST_CASE("what a server pushes is counted and costs no step") {
  auto seen = connected{};
  seen.client_sends(seen.client.headers(1, get("/1"), true));
  seen.server_sends(joined(
      {frame(frame_type::push_promise, frame_flag::end_headers, 1, "\0\0\0\2"s + seen.server.block(get("/style.css"))),
       seen.server.headers(2, status(200), false), data_frame(2, "pushed", true),
       seen.server.headers(1, status(200, {{"x", "/style.css"}}), true)}));
  CHECK(summary(seen.only()) == "GET /1 -> 200 complete");
  CHECK(seen.only().response->headers == http_headers{{"x", "/style.css"}});
  CHECK(seen.ledger()[stream_drop::pushed] > 6);
}

TEST_CASE("an upgrade from HTTP/1.1 makes its request the first stream's") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  seen.client_sends("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    "HTTP2-Settings: \r\n\r\n");
  seen.server_sends("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" +
                    settings_frame() + server.headers(1, status(200), false));
  seen.client_sends(preface + client.headers(3, get("/next"), true));
  seen.server_sends(data_frame(1, "up", true) + server.headers(3, status(204), true));
  CHECK(summaries(seen.exchanges) == list{"GET /up -> 200 complete", "GET /next -> 204 complete"});
  CHECK(seen.exchanges[0].request->version == "1.1");
  CHECK(seen.exchanges[0].request->host == "a");
  CHECK(seen.exchanges[0].response->body.bytes == "up");
}

TEST_CASE("a response seen before the call that wrote its request is paired") {
  auto seen = connected{};
  auto request = seen.client.headers(1, get("/1"), true);
  seen.server_sends(seen.server.headers(1, status(204), true));
  seen.client_sends(request);
  seen.drain();
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 204 complete"});
}

TEST_CASE("a WebSocket over HTTP/2 is an exchange, and what follows is counted") {
  auto seen = connected{};
  auto fields = get("/chat");
  fields[0].second = "CONNECT";
  fields.insert(fields.begin() + 1, {":protocol", "websocket"});
  seen.client_sends(seen.client.headers(1, fields, false));
  seen.server_sends(seen.server.headers(1, status(200), false));
  CHECK(summary(seen.only()) == "CONNECT /chat -> 200 complete");
  seen.client_sends(data_frame(1, "hello", false));
  seen.server_sends(data_frame(1, "world", true));
  CHECK(seen.ledger().others[static_cast<std::size_t>(other_protocol::websocket)] == 10);
  seen.client_sends(data_frame(1, "", true) + seen.client.headers(3, get("/"), true));
  seen.server_sends(seen.server.headers(3, status(204), true));
  CHECK(summary(seen.exchanges.back()) == "GET / -> 204 complete");
}

TEST_CASE("events go out at their head") {
  auto seen = connected{};
  seen.client_sends(seen.client.headers(1, get("/events"), true));
  seen.server_sends(seen.server.headers(1, status(200, {{"content-type", "text/event-stream"}}), false));
  CHECK(summary(seen.only()) == "GET /events -> 200 truncated_limit");
  seen.server_sends(data_frame(1, "data: 1\n\n", false) + data_frame(1, "data: 2\n\n", true));
  CHECK(seen.exchanges.size() == 1);
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("a response without an end goes out after a while") {
  auto seen = connected{};
  seen.client_sends(seen.client.headers(1, get("/watch"), true));
  seen.server_sends(seen.server.headers(1, status(200), false) + data_frame(1, "some", false));
  seen.stage.expire(seen.current.at + 9s, seen.exchanges);
  CHECK(seen.exchanges.empty());
  seen.stage.expire(seen.current.at + 11s, seen.exchanges);
  CHECK(summary(seen.only()) == "GET /watch -> 200 truncated_limit");
  CHECK(seen.only().response->body.bytes == "some");
  CHECK(seen.ledger()[stream_limit::open] == 1);
  seen.server_sends(data_frame(1, "more", true));
  CHECK(seen.exchanges.size() == 1);
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("a connection that has rested goes on with every header field it knew") {
  auto seen = connected{};
  auto fields = get("/again");
  fields.emplace_back("x-tenant", "blue");
  auto one = [&](std::uint32_t id) {
    seen.client_sends(seen.client.headers(id, fields, true));
    seen.server_sends(seen.server.headers(id, status(404, {{"x-cache", "miss"}}), true));
  };
  one(1);
  seen.stage.expire(seen.current.at + 6s, seen.exchanges);
  one(3);
  fields.emplace_back("x-new", "red");
  one(5);
  seen.stage.expire(seen.current.at + 6s, seen.exchanges);
  one(7);
  REQUIRE(seen.exchanges.size() == 4);
  CHECK(everything(seen.exchanges[1]) == everything(seen.exchanges[0]));
  CHECK(everything(seen.exchanges[3]) == everything(seen.exchanges[2]));
  CHECK(seen.exchanges[3].quality == exchange_quality::complete);
}

TEST_CASE("frames of unknown types are passed by, and what cannot be a frame ends the step") {
  auto seen = connected{};
  seen.client_sends(frame(static_cast<frame_type>(0xB), 0xFF, 7, "grease") + seen.client.headers(1, get("/1"), true));
  seen.server_sends(seen.server.headers(1, status(204), true));
  CHECK(summary(seen.only()) == "GET /1 -> 204 complete");
  seen.client_sends(frame(frame_type::ping, 0, 0, "short"));
  CHECK(seen.ledger()[stream_drop::parse_error] == 5);
  seen.client_sends(seen.client.headers(3, get("/3"), true));
  seen.server_sends(seen.server.headers(3, status(204), true));
  seen.drain();
  CHECK(seen.exchanges.size() == 2);
  CHECK(seen.exchanges.back().response->status == 204);
}

// -- limits

TEST_CASE("more CONTINUATION frames than allowed cost the message, and later ones are still right") {
  auto seen = connected{};
  auto block = seen.client.block(get("/long"));
  auto text = frame(frame_type::headers, frame_flag::end_stream, 1, block);
  for (int i = 0; i < 8; ++i)
    text += frame(frame_type::continuation, 0, 1, "");
  seen.client_sends(text + frame(frame_type::continuation, frame_flag::end_headers, 1, ""));
  seen.server_sends(seen.server.headers(1, status(200), true));
  CHECK(seen.ledger()[stream_limit::continuations] == 1);
  CHECK(seen.ledger()[stream_drop::limit] == block.size());
  auto fields = get("/next");
  fields[2].second = "other.test";
  seen.client_sends(seen.client.headers(3, fields, true));
  seen.server_sends(seen.server.headers(3, status(204), true));
  CHECK(summaries(seen.exchanges) == list{"? -> 200 response_only", "GET /next -> 204 complete"});
}

TEST_CASE("a header block over the limit costs its message") {
  auto limits = limits_of(settings{});
  limits.head_max = 1024;
  auto seen = connected{limits};
  auto fields = get("/large");
  fields.emplace_back("x", std::string(2000, '\x01')); // no shorter by Huffman's coding
  auto text = seen.client.headers(1, fields, true);
  auto step = GENERATE(100u, 100000u);
  for (std::size_t i = 0; i < text.size(); i += step)
    seen.client_sends(std::string_view{text}.substr(i, step));
  seen.server_sends(seen.server.headers(1, status(200), true));
  seen.drain();
  CHECK(seen.ledger()[stream_limit::head] == 1);
  CHECK(seen.exchanges.size() == 1);
  CHECK(seen.only().quality != exchange_quality::complete);
}

TEST_CASE("a small block that decodes to much is bounded") {
  auto limits = limits_of(settings{});
  limits.head_max = 8192;
  limits.headers_max = 1000;
  auto seen = connected{limits};
  auto fields = get("/bomb");
  for (int i = 0; i < 500; ++i)
    fields.emplace_back("x", std::string(1000, 'a'));
  auto text = seen.client.headers(1, fields, true);
  CHECK(text.size() < 4000);
  seen.client_sends(text);
  seen.server_sends(seen.server.headers(1, status(200), true));
  CHECK(summary(seen.only()) == "GET /bomb -> 200 truncated_limit");
  CHECK(seen.only().request->headers.size() <= 9);
  CHECK(seen.ledger()[stream_limit::head] == 1);
}

TEST_CASE("fields beyond the limit are left out") {
  auto limits = limits_of(settings{});
  limits.headers_max = 3;
  auto seen = connected{limits};
  auto fields = get("/many");
  for (int i = 0; i < 10; ++i)
    fields.emplace_back("x" + std::to_string(i), "v");
  seen.client_sends(seen.client.headers(1, fields, true));
  seen.server_sends(seen.server.headers(1, status(200), true));
  CHECK(summary(seen.only()) == "GET /many -> 200 truncated_limit");
  CHECK(seen.only().request->headers.size() == 3);
  CHECK(seen.ledger()[stream_limit::headers] == 1);
}

TEST_CASE("streams beyond the limit are counted, the others go on") {
  auto limits = limits_of(settings{});
  limits.streams_max = 2;
  auto seen = connected{limits};
  for (auto id : {1u, 3u, 5u})
    seen.client_sends(seen.client.headers(id, get("/" + std::to_string(id)), true));
  CHECK(seen.ledger()[stream_limit::streams] == 1);
  seen.server_sends(joined({seen.server.headers(1, status(200), true), seen.server.headers(3, status(200), true)}));
  seen.client_sends(seen.client.headers(7, get("/7"), true));
  seen.server_sends(seen.server.headers(7, status(200), true));
  CHECK(summaries(seen.exchanges) ==
        list{"GET /1 -> 200 complete", "GET /3 -> 200 complete", "GET /7 -> 200 complete"});
}

TEST_CASE("bodies are cut at their limit, and the stage's memory bounds them all") {
  auto limits = limits_of(settings{});
  limits.response_body_max = 10;
  limits.memory_max = 500;
  auto seen = connected{limits};
  seen.client_sends(seen.client.headers(1, get("/1"), true));
  seen.server_sends(seen.server.headers(1, status(200), false) + data_frame(1, "0123456789abc", true));
  CHECK(summary(seen.only()) == "GET /1 -> 200 truncated_limit");
  CHECK(seen.only().response->body.bytes == "0123456789");
  CHECK(seen.only().response->body.size_carried == 13);
  for (auto id = 3u; id < 100; id += 2)
    seen.client_sends(seen.client.headers(id, post("/" + std::to_string(id)), false) +
                      data_frame(id, std::string(100, 'x'), true));
  CHECK(seen.ledger()[stream_limit::memory] > 40);
  seen.drain();
  auto kept = std::size_t{0};
  for (const auto& each : seen.exchanges)
    kept += each.request->body.bytes.size();
  CHECK(kept < 600);
}
