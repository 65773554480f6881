// The same conversation becomes the same exchanges, wherever the TLS calls cut it.
#include "test/unit/streams/tap.hpp"

using namespace cleartap;

namespace {

struct part {
  direction way;
  std::string_view text;
};

// Everything a message can consist of, in an order that a client without pipelining produces.
const auto conversation = std::vector<part>{
    {tap::out,
     "POST http://user:pass@api.example:8443/a%20b?q=1?2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"},
    {tap::in, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA:  b \r\n\r\n"
              "5;x=y\r\nworld\r\n1\r\n!\r\n0\r\nT: v\r\n\r\n"},
    {tap::out, "HEAD /h HTTP/1.1\r\n\r\n"},
    {tap::in, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"},
    {tap::out, "\r\nM-SEARCH * HTTP/1.1\r\nEmpty:\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
    {tap::in, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"},
    {tap::out, "OPTIONS * HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
    {tap::in, "HTTP/1.0 200 \r\n\r\nuntil the end"},
};

std::string played(auto&& cut) {
  auto seen = tap{};
  seen.step = std::chrono::nanoseconds{0};
  for (const auto& [way, text] : conversation)
    cut(seen, way, text);
  seen.close();
  CHECK(seen.ledger().in == seen.ledger().in_exchanges);
  return everything(seen.exchanges);
}

std::string played_whole() {
  return played([](tap& seen, direction way, std::string_view text) { seen.chunk(way, text); });
}

} // namespace

TEST_CASE("the whole conversation is understood") {
  CHECK(played_whole() ==
        "POST /a%20b -> 200 complete client\nhttp api.example:8443 q=1?2 1.1\nHost=x|Content-Length=5|\nhello\n5\n"
        "Transfer-Encoding=chunked|A=b|\nworld!\n6\n----\n"
        "HEAD /h -> 200 complete client\nhttps  - 1.1\n\n\n0\nContent-Length=77|\n\n0\n----\n"
        "M-SEARCH * -> 304 complete client\nhttps  - 1.1\nEmpty=|Transfer-Encoding=chunked|\nabc\n3\n"
        "Content-Length=9|\n\n0\n----\n"
        "OPTIONS * -> 200 complete client\nhttps  - 1.1\nContent-Length=0|\n\n0\n\nuntil the end\n13\n----\n");
}

TEST_CASE("a conversation cut at any one byte gives the same exchanges") {
  const auto whole = played_whole();
  for (const auto& victim : conversation)
    for (std::size_t cut = 1; cut < victim.text.size(); ++cut) {
      auto cut_once = [&](tap& seen, direction way, std::string_view text) {
        auto size = text.data() == victim.text.data() ? cut : 0;
        if (size > 0)
          seen.chunk(way, text.substr(0, size));
        seen.chunk(way, text.substr(size));
      };
      REQUIRE(played(cut_once) == whole);
    }
}

TEST_CASE("a conversation in chunks of equal size gives the same exchanges") {
  const auto whole = played_whole();
  for (std::size_t size = 1; size < 40; ++size) {
    auto cut_all = [size](tap& seen, direction way, std::string_view text) {
      for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
        seen.chunk(way, text.substr(0, size));
    };
    REQUIRE(played(cut_all) == whole);
  }
}

TEST_CASE("the time of a message whose first bytes decide nothing is theirs") {
  auto seen = tap{};
  seen.client_sends("G"); // at 1000
  seen.client_sends("E");
  seen.client_sends("T / HTTP/1.1\r\n\r\n");
  seen.close();
  CHECK(seen.only().seen == std::chrono::nanoseconds{1000});
}
