// RFC 9113 section by section, frames and streams: where it goes on after an error, everything after it is right; where
// the connection is over, nothing is paired with what it does not belong to.
#include "test/unit/streams/http2_cases.hpp"

using namespace cleartap;
using namespace cleartap::http2_cases;
using namespace std::string_literals;

TEST_CASE("RFC 9113, 4.1 and 5.5: frames that are not known") {
  check_goes_on({
      {"an unknown type",
       [](peers& of) {
         return turns{frame(frame_type{0xFF}, 0xFF, 0, "x") + asks(of), frame(frame_type{10}, 0, 1, "") + ok(of)};
       },
       plain},
      {"unknown flags",
       [](peers& of) { return turns{frame(frame_type::headers, whole | 0xC2, 1, of.client.block(get("/"))), ok(of)}; },
       plain},
      {"the reserved bit",
       [](peers& of) {
         auto client = asks(of);
         client[5] = '\x80';
         return turns{frame(frame_type::ping, 0, 1u << 31, "12345678") + client, ok(of)};
       },
       plain},
      {"an upgrade of priorities",
       [](peers& of) { return turns{frame(frame_type{16}, 0, 0, "\0\0\0\1u=1"s) + asks(of), ok(of)}; }, plain},
  });
  check_is_over({
      {"a long one of an unknown type",
       [](peers&) { return turns{frame(frame_type{0x77}, 0, 0, std::string(20000, 'x'))}; }, plain},
  });
}

TEST_CASE("RFC 9113, 5.1: frames of streams that are not open") {
  check_goes_on({
      {"data of an idle stream", [](peers& of) { return turns{data_frame(9, "x", true) + asks(of, 11), ok(of, 11)}; },
       plain},
      {"data behind the end",
       [](peers& of) {
         auto client = posts(of) + data_frame(1, "body", true) + data_frame(1, "more", false) + data_frame(1, "", true);
         return turns{client, ok(of) + data_frame(1, "more", true)};
       },
       {"POST /p 'body' -> 200 'ok'"}},
      {"trailers behind the end",
       [](peers& of) {
         auto client = asks(of);
         return turns{client + of.client.headers(1, {{"age", "1"}}, true), ok(of)};
       },
       plain},
      {"a second request with the same number",
       [](peers& of) {
         auto client = asks(of);
         return turns{client + of.client.headers(1, get("/other"), true), ok(of)};
       },
       plain},
      {"a second request before the end of the first",
       [](peers& of) {
         auto client = posts(of);
         client += of.client.headers(1, get("/other"), false);
         return turns{client + data_frame(1, "body", true), ok(of)};
       },
       {"POST /p 'body' -> 200 'ok'"}},
      {"a second response before the end of the first",
       [](peers& of) {
         auto client = asks(of);
         auto server = of.server.headers(1, status(200), false) + data_frame(1, "o", false);
         server += of.server.headers(1, status(500), false);
         return turns{client, server + data_frame(1, "k", true)};
       },
       plain},
      {"a reset of an idle stream", [](peers& of) { return turns{reset_frame(9) + asks(of, 11), ok(of, 11)}; }, plain},
      {"everything behind a reset",
       [](peers& of) {
         auto client = posts(of) + reset_frame(1) + data_frame(1, "late", true);
         return turns{client, ok(of) + reset_frame(1)};
       },
       {"POST /p cut -> ?"}},
      {"data before the head", [](peers& of) { return turns{asks(of), data_frame(1, "x", false) + ok(of)}; }, plain},
      {"the last numbers", [](peers& of) { return turns{asks(of, 0x7FFF'FFFD), ok(of, 0x7FFF'FFFD)}; }, plain},
      {"a number of the server's", [](peers& of) { return turns{joined({asks(of, 2), asks(of, 3)}), ok(of, 3)}; },
       plain},
  });
}

TEST_CASE("RFC 9113, 6.1 and 6.2: data and heads") {
  check_goes_on({
      {"nothing but padding",
       [](peers& of) { return turns{posts(of) + frame(frame_type::data, 0x09, 1, "\3\0\0\0"s), ok(of)}; },
       {"POST /p -> 200 'ok'"}},
      {"padding of no length",
       [](peers& of) { return turns{posts(of) + frame(frame_type::data, 0x09, 1, "\0x"s), ok(of)}; },
       {"POST /p 'x' -> 200 'ok'"}},
      {"no bytes, though padded",
       [](peers& of) { return turns{posts(of) + frame(frame_type::data, 0x09, 1, ""), ok(of)}; },
       {"POST /p -> 200 'ok'"}},
      // An error of the connection, but one that does not move the next frame.
      {"padding longer than the frame",
       [](peers& of) { return turns{posts(of) + frame(frame_type::data, 0x09, 1, "\4abc"s), ok(of)}; },
       {"POST /p -> 200 'ok'"}},
      {"a head that depends on itself",
       [](peers& of) {
         auto block = "\0\0\0\1\xFF"s + of.client.block(get("/"));
         return turns{frame(frame_type::headers, whole | frame_flag::priority, 1, block), ok(of)};
       },
       plain},
      {"empty data at the end",
       [](peers& of) { return turns{posts(of) + data_frame(1, "", false) + data_frame(1, "", true), ok(of)}; },
       {"POST /p -> 200 'ok'"}},
      {"a thousand bytes, one by one",
       [](peers& of) {
         auto client = posts(of);
         for (auto left = 1000; left > 0; --left)
           client += data_frame(1, "x", left == 1);
         return turns{client, ok(of)};
       },
       {"POST /p '" + std::string(1000, 'x') + "' -> 200 'ok'"}},
  });
  check_is_over({
      {"data of stream 0", [](peers&) { return turns{data_frame(0, "x", false)}; }, plain},
      {"a head of stream 0", [](peers& of) { return turns{of.client.headers(0, get("/0"), true)}; }, plain},
      {"padding longer than a head",
       [](peers&) { return turns{frame(frame_type::headers, whole | frame_flag::padded, 3, "\x20\x82\x87\x84"s)}; },
       plain},
      {"a head too short for its priority",
       [](peers&) { return turns{frame(frame_type::headers, whole | frame_flag::priority, 3, "\0\0\0"s)}; }, plain},
  });
}

TEST_CASE("RFC 9113, 6.3 to 6.9: frames that control") {
  check_goes_on({
      {"a priority of a wrong length",
       [](peers& of) { return turns{frame(frame_type::priority, 0, 1, "\0\0\0\0"s) + asks(of), ok(of)}; }, plain},
      {"a priority that depends on itself",
       [](peers& of) { return turns{frame(frame_type::priority, 0, 1, "\0\0\0\1\0"s) + asks(of), ok(of)}; }, plain},
      {"a window of no size",
       [](peers& of) { return turns{asks(of) + frame(frame_type::window_update, 0, 1, "\0\0\0\0"s), ok(of)}; }, plain},
      {"a ping and its answer",
       [](peers& of) {
         return turns{frame(frame_type::ping, 0, 0, "12345678") + asks(of),
                      frame(frame_type::ping, 1, 0, "12345678") + ok(of)};
       },
       plain},
      {"settings that are not known, and their acknowledgement",
       [](peers& of) {
         return turns{frame(frame_type::settings, 0, 0, "\xF0\0\0\0\0\1"s) + asks(of),
                      frame(frame_type::settings, 1, 0, "") + ok(of)};
       },
       plain},
      {"a goodbye twice",
       [](peers& of) {
         auto client = joined({asks(of), asks(of, 3), asks(of, 5)});
         auto server = frame(frame_type::goaway, 0, 0, "\x7F\xFF\xFF\xFF\0\0\0\0"s);
         server += frame(frame_type::goaway, 0, 0, "\0\0\0\3\0\0\0\0text"s);
         server += joined({ok(of), ok(of, 3)});
         return turns{client, server};
       },
       {"GET / -> ?", "GET / -> 200 'ok'", "GET / -> 200 'ok'"}},
      {"a push",
       [](peers& of) {
         auto server =
             frame(frame_type::push_promise, frame_flag::end_headers, 1, "\0\0\0\2"s + of.server.block(get("/pushed")));
         server += of.server.headers(2, status(200), false) + data_frame(2, "pushed", true);
         return turns{asks(of), server + ok(of)};
       },
       plain},
  });
  check_is_over({
      {"settings of an odd length", [](peers&) { return turns{frame(frame_type::settings, 0, 0, "12345")}; }, plain},
      {"settings of a stream", [](peers&) { return turns{frame(frame_type::settings, 0, 1, "")}; }, plain},
      {"an acknowledgement with settings",
       [](peers&) { return turns{"", frame(frame_type::settings, 1, 0, "123456")}; }, plain},
      {"a reset of stream 0", [](peers&) { return turns{reset_frame(0)}; }, plain},
      {"a reset of a wrong length", [](peers&) { return turns{frame(frame_type::rst_stream, 0, 1, "123")}; }, plain},
      {"a ping of a stream", [](peers&) { return turns{frame(frame_type::ping, 0, 1, "12345678")}; }, plain},
      {"a ping of a wrong length", [](peers&) { return turns{frame(frame_type::ping, 0, 0, "1234567")}; }, plain},
      {"a goodbye of a stream", [](peers&) { return turns{"", frame(frame_type::goaway, 0, 1, "12345678")}; }, plain},
      {"a goodbye too short", [](peers&) { return turns{"", frame(frame_type::goaway, 0, 0, "1234567")}; }, plain},
      {"a window of a wrong length", [](peers&) { return turns{frame(frame_type::window_update, 0, 0, "123")}; },
       plain},
      {"a push of stream 0", [](peers&) { return turns{"", frame(frame_type::push_promise, 4, 0, "\0\0\0\2"s)}; },
       plain},
  });
}

TEST_CASE("RFC 9113, 6.10: header blocks in several frames") {
  check_goes_on({
      {"empty pieces",
       [](peers& of) {
         auto client =
             frame(frame_type::headers, frame_flag::end_stream, 1, "") + frame(frame_type::continuation, 0, 1, "");
         client += frame(frame_type::continuation, 0, 1, of.client.block(get("/")));
         return turns{client + frame(frame_type::continuation, frame_flag::end_headers, 1, ""), ok(of)};
       },
       plain},
      {"trailers in pieces",
       [](peers& of) {
         auto server =
             of.server.headers(1, status(200), false) + frame(frame_type::headers, frame_flag::end_stream, 1, "");
         server += frame(frame_type::continuation, frame_flag::end_headers, 1, of.server.block({{"grpc-status", "0"}}));
         return turns{asks(of), server};
       },
       {"GET / -> 200 grpc-status=0"}},
  });
  check_is_over({
      {"one without a head",
       [](peers& of) { return turns{frame(frame_type::continuation, 4, 3, of.client.block(get("/3")))}; }, plain},
      {"one behind the end of the block",
       [](peers&) { return turns{"", frame(frame_type::continuation, 4, 1, "\x88")}; }, plain},
      {"one of another stream",
       [](peers& of) {
         auto block = of.client.block(get("/3"));
         return turns{frame(frame_type::headers, 1, 3, block.substr(0, 4)) +
                      frame(frame_type::continuation, 4, 5, block.substr(4))};
       },
       plain},
      {"another block between",
       [](peers& of) {
         auto block = of.client.block(get("/3"));
         auto between = of.client.headers(5, get("/5"), true);
         return turns{frame(frame_type::headers, 1, 3, block.substr(0, 4)) + between +
                      frame(frame_type::continuation, 4, 3, block.substr(4))};
       },
       plain},
      {"data between",
       [](peers& of) {
         return turns{frame(frame_type::headers, 0, 3, of.client.block(post("/3"))) + data_frame(3, "x", true)};
       },
       plain},
      {"an unknown frame between",
       [](peers& of) {
         return turns{frame(frame_type::headers, 0, 3, of.client.block(post("/3"))) + frame(frame_type{99}, 0, 3, "")};
       },
       plain},
  });
}
