#include "actors/streams/message_start.hpp"

#include "test/unit/streams/tap.hpp"

using namespace cleartap;

namespace {

message_start recognised(std::string_view text) { return recognise_message_start(as_bytes(text)); }

} // namespace

TEST_CASE("a method, a space and the beginning of a target are a request") {
  for (const auto* text : {"GET /", "DELETE /a", "OPTIONS *", "CONNECT h:1", "POST http://", "M-SEARCH *",
                           "UNSUBSCRIBE /", "CONNECT [::1]:443", "PATCH /\xC3\xA9"})
    CHECK(recognised(text) == message_start::request);
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
  for (const auto* text :
       {"get /", "GET  /", "GETX /", "QUERY /", "HTTP/2.0 200", "HTTP/1.1 2x0", "HTTP/1.2 200", "HTTP/1.1  200",
        "\r\nGET /", " GET /", "\x16\x03\x01", "PRI * HTTP/3.0", "PRI /", "DESCRIBE *"})
    CHECK(recognised(text) == message_start::none);
}

TEST_CASE("the preface of HTTP/2 is recognised") { CHECK(recognised("PRI * HTTP/2.0\r\n") == message_start::http2); }

TEST_CASE("16 bytes always decide") {
  for (auto first = 0; first < 256; ++first)
    for (const auto* rest :
         {"ET                  ", "TTP/1.1 200         ", "RI * HTTP/2.0       ", "AAAAAAAAAAAAAAAAAAAA"})
      CHECK(recognised(std::string(1, static_cast<char>(first)) + rest) != message_start::undecided);
}
