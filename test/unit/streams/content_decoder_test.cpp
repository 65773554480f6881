#include "actors/streams/content_decoder.hpp"

#include "test/unit/streams/decoding.hpp"
#include "test/unit/streams/encoders.hpp"
#include "test/unit/streams/tap.hpp"

using namespace cleartap;
using namespace cleartap::encoders;
using namespace std::string_literals;
using outcome = content_decoder::outcome;

namespace {

const auto gzip_header = http_headers{{"content-encoding", "gzip"}};
const auto text = "{\"name\": \"\xC3\xA9\0, and more of it, and more of it\"}"s;

} // namespace

TEST_CASE("a body without a coding stays as it is") {
  auto [body, how] = decode({{"Content-Type", "text/plain"}, {"Content-Encoding", " identity , "}}, text);
  CHECK(body.bytes == text);
  CHECK(how == outcome::done);
}

TEST_CASE("the size carried stays the compressed one") {
  auto bytes = gzip(text);
  auto body = decode(gzip_header, bytes).body;
  CHECK(body.size_carried == bytes.size());
  CHECK_FALSE(body.truncated);
}

TEST_CASE("what was truncated before stays so") {
  auto body = body_of(gzip(text), true);
  CHECK(content_decoder{}.decode(gzip_header, body, 1000) == outcome::done);
  CHECK(body.bytes == text);
  CHECK(body.truncated);
}

TEST_CASE("a transfer coding is removed as well") {
  CHECK(decode({{"Transfer-Encoding", "gzip, chunked"}}, gzip(text)).body.bytes == text);
}

TEST_CASE("the transfer's coding is outside of the content's") {
  const auto both = http_headers{{"Transfer-Encoding", "gzip, chunked"}, {"Content-Encoding", "br"}};
  CHECK(decode(both, gzip(brotli(text))).body.bytes == text);
  CHECK(decode(both, brotli(gzip(text))).how == outcome::undecodable);
}

TEST_CASE("a third layer is not removed, nor are the two others then") {
  const auto three = gzip(brotli(zstd(text)));
  CHECK(decode({{"Content-Encoding", "zstd, br, gzip"}}, three).how == outcome::undecodable);
  CHECK(decode({{"Content-Encoding", "zstd, br"}, {"Transfer-Encoding", "gzip"}}, three).body.bytes.empty());
  CHECK(decode({{"Content-Encoding", "identity, br, , identity, gzip"}}, gzip(brotli(text))).body.bytes == text);
}

TEST_CASE("several codings are removed in reverse order") {
  auto twice = gzip(deflated(text, wrapping::zlib));
  CHECK(decode({{"Content-Encoding", "deflate, gzip"}}, twice).body.bytes == text);
  CHECK(decode({{"Content-Encoding", "deflate"}, {"Content-Encoding", "gzip"}}, twice).body.bytes == text);
}

TEST_CASE("a coding's name may be written in any case, and by its old name") {
  CHECK(decode({{"CONTENT-ENCODING", "X-GZip"}}, gzip(text)).body.bytes == text);
  CHECK(decode({{"content-encoding", "\tBR "}}, brotli(text)).body.bytes == text);
}

TEST_CASE("a body under a coding that cannot be removed is emptied") {
  for (const auto* coding : {"br", "zstd", "compress", "aws-chunked", "dcz", "gzip, br", "gzip, zstd", "gzip, compress",
                             "compress, gzip", "x-br", "\"gzip\"", "gzip;q=1"}) {
    CAPTURE(coding);
    auto [body, how] = decode({{"Content-Encoding", coding}}, gzip(text));
    CHECK(how == outcome::undecodable);
    CHECK(body.bytes.empty());
    CHECK(body.truncated);
    CHECK(body.size_carried > 0);
  }
}

TEST_CASE("no body has no coding") {
  auto [body, how] = decode({{"Content-Encoding", "br"}}, "");
  CHECK(how == outcome::done);
  CHECK_FALSE(body.truncated);
}

TEST_CASE("exchanges carry decoded bodies, and never one that could not be decoded") {
  auto seen = tap{};
  auto bytes = gzip(text);
  seen.client_sends("POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bytes.size()) +
                    "\r\n\r\n" + bytes);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Encoding: dcb\r\nContent-Length: 6\r\n\r\nsecret");
  CHECK(seen.only().quality == exchange_quality::complete);
  CHECK(seen.only().request->body.bytes == text);
  CHECK(seen.only().response->body.bytes.empty());
  CHECK(seen.only().response->body.truncated);
  CHECK(seen.only().response->body.size_carried == 6);
  CHECK(seen.ledger().undecodable == 1);
}

TEST_CASE("a bomb in an exchange shows in its quality") {
  auto limits = limits_of(settings{});
  limits.request_body_max = 1000;
  auto seen = tap{limits};
  auto bytes = gzip(std::string(100'000, 'a'));
  seen.client_sends("POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bytes.size()) +
                    "\r\n\r\n" + bytes);
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(seen.only().quality == exchange_quality::truncated_limit);
  CHECK(seen.only().request->body.bytes == std::string(1000, 'a'));
  CHECK(seen.ledger()[stream_limit::body] == 1);
}
