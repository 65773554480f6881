// RFC 9113 section by section, messages and their header blocks: what contradicts itself is not told of any exchange.
#include "test/unit/streams/http2_cases.hpp"

using namespace cleartap;
using namespace cleartap::http2_cases;
using namespace std::string_literals;

TEST_CASE("a frame may have 16 MiB") {
  auto seen = tap{};
  auto of = peers{};
  seen.client_sends(std::string{http2_preface} + settings_frame() + posts(of) +
                    data_frame(1, std::string((1 << 24) - 1, 'x'), true));
  seen.server_sends(settings_frame() + ok(of));
  CHECK(summary(seen.only()) == "POST /p -> 200 truncated_limit");
  CHECK(seen.only().request->body.size_carried == (1 << 24) - 1);
}

TEST_CASE("RFC 9113, 8: messages") {
  check_goes_on({
      {"interim heads",
       [](peers& of) {
         auto server = joined(
             {of.server.headers(1, status(100), false), of.server.headers(1, status(103, {{"link", "a"}}), false)});
         server += of.server.headers(1, status(101), false); // which has no meaning here
         return turns{asks(of), server + ok(of)};
       },
       plain},
      {"trailers of both",
       [](peers& of) {
         auto client = joined({posts(of), data_frame(1, "hi", false), of.client.headers(1, {{"a", "1"}}, true)});
         auto server = joined({of.server.headers(1, status(200), false), data_frame(1, "ok", false),
                               of.server.headers(1, {{"b", "2"}}, true)});
         return turns{client, server};
       },
       {"POST /p 'hi' a=1 -> 200 'ok' b=2"}},
      {"trailers that do not end",
       [](peers& of) {
         auto server = joined({of.server.headers(1, status(200), false), data_frame(1, "ok", false),
                               of.server.headers(1, {{"b", "2"}}, false)});
         return turns{asks(of), server + data_frame(1, "", true)};
       },
       {"GET / -> 200 'ok' b=2"}},
      {"trailers with the fields of a head",
       [](peers& of) {
         auto server = of.server.headers(1, status(200), false) + data_frame(1, "ok", false);
         return turns{asks(of), server + of.server.headers(1, {{":path", "/x"}, {"b", "2"}}, true)};
       },
       plain},
      {"names in capitals",
       [](peers& of) { return turns{asks(of), of.server.headers(1, status(200, {{"Age", "1"}}), true)}; },
       {"GET / -> 200 Age=1"}},
      {"the fields of a head behind others",
       [](peers& of) { return turns{asks(of), of.server.headers(1, {{"age", "1"}, {":status", "200"}}, true)}; },
       {"GET / -> 200 age=1"}},
      {"a field of a head that is not known",
       [](peers& of) {
         auto fields = get("/");
         fields.emplace_back(":unknown", "x");
         return turns{of.client.headers(1, fields, true), ok(of)};
       },
       plain},
      {"two paths",
       [](peers& of) {
         auto fields = get("/a");
         fields.emplace_back(":path", "/b");
         return turns{of.client.headers(1, fields, true), of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"two methods",
       [](peers& of) {
         auto fields = get("/a");
         fields.emplace_back(":method", "DELETE");
         return turns{of.client.headers(1, fields, true), reset_frame(1)};
       },
       {}},
      {"no method",
       [](peers& of) {
         return turns{of.client.headers(1, {{":scheme", "https"}, {":path", "/a"}}, true),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"no path",
       [](peers& of) {
         return turns{of.client.headers(1, {{":scheme", "https"}, {":method", "GET"}}, true),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"no fields at all",
       [](peers& of) {
         return turns{frame(frame_type::headers, whole, 1, ""), of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"no status",
       [](peers& of) { return turns{asks(of), of.server.headers(1, {{"age", "1"}}, true)}; },
       {"GET / -> ?"}},
      {"a status of four digits",
       [](peers& of) { return turns{asks(of), of.server.headers(1, {{":status", "2000"}}, true)}; },
       {"GET / -> ?"}},
      {"a request in the place of a response",
       [](peers& of) { return turns{asks(of), of.server.headers(1, get("/x"), true)}; },
       {"GET / -> ?"}},
      {"a response and a request in one",
       [](peers& of) {
         auto fields = get("/x");
         fields.emplace_back(":status", "200");
         return turns{asks(of), of.server.headers(1, fields, true)};
       },
       {"GET / -> ?"}},
      {"less than the length told",
       [](peers& of) {
         return turns{asks(of),
                      of.server.headers(1, status(200, {{"content-length", "9"}}), false) + data_frame(1, "ok", true)};
       },
       {"GET / -> 200 content-length=9 'ok'"}},
      {"a tunnel",
       [](peers& of) {
         auto client = of.client.headers(1, {{":method", "CONNECT"}, {":authority", "i:1"}}, false) +
                       data_frame(1, "GET / HTTP/1.1", false);
         return turns{client, of.server.headers(1, status(200), false) + data_frame(1, "HTTP/1.1 200 OK", true)};
       },
       {"CONNECT i:1 -> 200"}},
      {"a tunnel refused",
       [](peers& of) {
         auto client = of.client.headers(1, {{":method", "CONNECT"}, {":authority", "i:1"}}, true);
         return turns{client, of.server.headers(1, status(403), false) + data_frame(1, "no", true)};
       },
       {"CONNECT i:1 -> 403 'no'"}},
      {"a WebSocket refused",
       [](peers& of) {
         auto fields = get("/chat");
         fields[0].second = "CONNECT";
         fields.emplace_back(":protocol", "websocket");
         return turns{of.client.headers(1, fields, true),
                      of.server.headers(1, status(403), false) + data_frame(1, "no", true)};
       },
       {"CONNECT /chat -> 403 'no'"}},
  });
}

TEST_CASE("RFC 7541: header tables grow and shrink, and blocks break") {
  const auto sizes = [](peers& of, std::initializer_list<std::size_t> client,
                        std::initializer_list<std::size_t> server) {
    auto made = turns{};
    auto id = std::uint32_t{1};
    for (auto size : client) {
      of.client.table_size(size);
      made.client += of.client.headers(id, get("/"), true);
      id += 2;
    }
    id = 1;
    for (auto size : server) {
      of.server.table_size(size);
      made.server += of.server.headers(id, status(200, {{"etag", "x"}}), true);
      id += 2;
    }
    return made;
  };
  static const auto change = sizes;
  check_goes_on({
      {"to nothing and back", [](peers& of) { return change(of, {4096, 0, 0, 4096, 4096}, {4096, 4096, 0, 4096, 0}); },
       list(5, "GET / -> 200 etag=x")},
      {"beyond 4096", [](peers& of) { return change(of, {65536, 65536, 100, 65536}, {8192, 0, 65536, 65536}); },
       list(4, "GET / -> 200 etag=x")},
      {"an index of nothing",
       [](peers& of) {
         return turns{frame(frame_type::headers, whole, 1, "\x82\x87\x84\x80"s),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"an index beyond the table",
       [](peers& of) {
         return turns{frame(frame_type::headers, whole, 1, "\x82\x87\x84\xC0"s),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"a block that stops in a string",
       [](peers& of) {
         return turns{frame(frame_type::headers, whole, 1,
                            "\x82\x87\x84\x40\x05"
                            "ab"s),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"an integer without an end",
       [](peers& of) {
         return turns{frame(frame_type::headers, whole, 1, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
      {"a size behind a field",
       [](peers& of) {
         return turns{frame(frame_type::headers, whole, 1, "\x82\x20\x87\x84"s),
                      of.server.headers(1, status(400), true)};
       },
       {"? -> 400"}},
  });
}

TEST_CASE("RFC 9113, 3.4: a preface that is none") {
  auto text = std::string{http2_preface};
  text[20] = 'X';
  auto seen = tap{};
  auto of = peers{};
  seen.client_sends(text + settings_frame() + asks(of));
  seen.server_sends("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  seen.drain();
  for (const auto& each : seen.exchanges)
    CHECK_FALSE((each.request && each.response));
}
