#include "actors/streams/message_start.hpp"

#include "test/unit/streams/tap.hpp"

using namespace cleartap;

namespace {

message_start recognised(std::string_view text, method_set methods = method_set::known) {
  return recognise_message_start(as_bytes(text), methods);
}

} // namespace

TEST_CASE("a method, a space and the beginning of a target are a request") {
  for (const auto* text : {"GET /", "DELETE /a", "OPTIONS *", "CONNECT h:1", "POST http://", "M-SEARCH *", "QUERY /",
                           "UNSUBSCRIBE /", "CONNECT [::1]:443", "PATCH /\xC3\xA9"})
    CHECK(recognised(text) == message_start::request);
}

TEST_CASE("where nothing is missing, any word in front of a path is a method") {
  for (const auto* text : {"PURGE-ALL /", "get /", "UPDATEREDIRECTREF /", "x_y /a"}) {
    CHECK(recognised(text, method_set::any) == message_start::request);
    CHECK(recognised(text) == message_start::none);
  }
  for (const auto* text : {"EHLO mail", "SSH-2.0-x", "A1 /", "A: /", " /", "A  /", "A *", "UPDATEREDIRECTREFSX /"})
    CHECK(recognised(text, method_set::any) == message_start::none);
  auto longest = std::string_view{"UPDATEREDIRECTREF /"};
  for (std::size_t size = 1; size < longest.size(); ++size)
    CHECK(recognised(longest.substr(0, size), method_set::any) == message_start::undecided);
}

TEST_CASE("a version and a status are a response") {
  CHECK(recognised("HTTP/1.1 200") == message_start::response);
  CHECK(recognised("HTTP/1.0 404 Not Found") == message_start::response);
}

TEST_CASE("every beginning of a message may become one") {
  for (auto text : {std::string_view{"UNSUBSCRIBE /"}, std::string_view{"HTTP/1.1 200"}, std::string_view{"HEAD /"},
                    std::string_view{"PRI * HTTP/2.0"}})
    for (std::size_t size = 1; size < text.size(); ++size)
      CHECK(recognised(text.substr(0, size)) == message_start::undecided);
}

TEST_CASE("anything else is none") {
  for (const auto* text : {"get /", "GET  /", "GETX /", "HTTP/2.0 200", "HTTP/1.1 2x0", "HTTP/1.2 200", "HTTP/1.1  200",
                           "\r\nGET /", " GET /", "\x16\x03\x01", "PRI * HTTP/3.0", "PRI /", "DESCRIBE *"})
    CHECK(recognised(text) == message_start::none);
}

TEST_CASE("the preface of HTTP/2 is recognised") { CHECK(recognised("PRI * HTTP/2.0\r\n") == message_start::http2); }

TEST_CASE("20 bytes always decide") {
  for (auto first = 0; first < 256; ++first)
    for (const auto* rest : {"ET                      ", "TTP/1.1 200             ", "RI * HTTP/2.0           ",
                             "AAAAAAAAAAAAAAAAAAAAAAAA"})
      for (auto methods : {method_set::known, method_set::any})
        CHECK(recognised(std::string(1, static_cast<char>(first)) + rest, methods) != message_start::undecided);
}
