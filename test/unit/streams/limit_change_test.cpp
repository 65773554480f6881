// Limits that change while messages are under way.
#include "test/unit/streams/tap.hpp"

using namespace cleartap;

namespace {

constexpr auto ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

stream_limits limits_with(std::size_t body_max, std::size_t headers_max) {
  auto limits = limits_of(settings{});
  limits.request_body_max = limits.response_body_max = body_max;
  limits.headers_max = headers_max;
  return limits;
}

} // namespace

TEST_CASE("a lower limit cuts the body that is under way, a higher one holds for the next") {
  auto seen = tap{limits_with(1000, 100)};
  seen.client_sends("POST /1 HTTP/1.1\r\nContent-Length: 12\r\n\r\n12345678");
  seen.stage.limit(limits_with(4, 100));
  seen.client_sends("9abc");
  seen.server_sends(ok);
  CHECK(summary(seen.only()) == "POST /1 -> 200 truncated_limit");
  CHECK(seen.only().request->body.bytes == "12345678");
  CHECK(seen.only().request->body.size_carried == 12);
  seen.stage.limit(limits_with(1000, 100));
  seen.client_sends("POST /2 HTTP/1.1\r\nContent-Length: 12\r\n\r\n123456789abc");
  seen.server_sends(ok);
  CHECK(summary(seen.exchanges.back()) == "POST /2 -> 200 complete");
}

TEST_CASE("a lower limit of header fields ends the head that is already over it") {
  auto seen = tap{limits_with(1000, 100)};
  seen.client_sends("GET /1 HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n");
  seen.stage.limit(limits_with(1000, 2));
  seen.client_sends("D: 4\r\n\r\n");
  CHECK(seen.ledger()[stream_limit::headers] == 1);
  seen.drain();
}

TEST_CASE("fewer connections than are known: those go on, no new one is taken") {
  auto limits = limits_of(settings{});
  auto seen = tap{limits};
  seen.client_sends("GET /1 HTTP/1.1\r\n\r\n");
  limits.connections_max = 0;
  seen.stage.limit(limits);
  seen.server_sends(ok);
  CHECK(summary(seen.only()) == "GET /1 -> 200 complete");
  seen.current.connection.object = 2;
  seen.next(tap::in) = seen.next(tap::out) = 0;
  seen.client_sends("GET /2 HTTP/1.1\r\n\r\n");
  CHECK(seen.ledger()[stream_limit::connections] == 1);
  CHECK(seen.exchanges.size() == 1);
}
