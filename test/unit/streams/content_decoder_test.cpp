#include "actors/streams/content_decoder.hpp"

#include "test/unit/streams/tap.hpp"

#include <zlib.h>

using namespace cleartap;
using namespace std::string_literals;
using outcome = content_decoder::outcome;

namespace {

enum class wrapping : int { gzip = 15 + 16, zlib = 15, raw = -15 };

std::string compressed(std::string_view text, wrapping how) {
  auto stream = z_stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, static_cast<int>(how), 8, Z_DEFAULT_STRATEGY) == Z_OK);
  auto bytes = std::string(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

struct decoded {
  http_body body;
  outcome how;
};

decoded decode(const http_headers& headers, std::string bytes, std::size_t size_max = 1000, bool truncated = false) {
  auto decoder = content_decoder{};
  auto body = http_body{.bytes = std::move(bytes), .size_carried = 0, .truncated = truncated};
  body.size_carried = body.bytes.size();
  auto how = decoder.decode(headers, body, size_max);
  return {std::move(body), how};
}

const auto gzip_header = http_headers{{"content-encoding", "gzip"}};
const auto text = "{\"name\": \"\xC3\xA9\0, and more of it, and more of it\"}"s;

} // namespace

TEST_CASE("a body without a coding stays as it is") {
  auto [body, how] = decode({{"Content-Type", "text/plain"}, {"Content-Encoding", " identity , "}}, text);
  CHECK(body.bytes == text);
  CHECK(how == outcome::done);
}

TEST_CASE("gzip and deflate are removed, deflate with and without its wrapping") {
  CHECK(decode({{"Content-Encoding", "gzip"}}, compressed(text, wrapping::gzip)).body.bytes == text);
  CHECK(decode({{"CONTENT-ENCODING", "X-GZip"}}, compressed(text, wrapping::gzip)).body.bytes == text);
  CHECK(decode({{"Content-Encoding", "deflate"}}, compressed(text, wrapping::zlib)).body.bytes == text);
  CHECK(decode({{"Content-Encoding", "deflate"}}, compressed(text, wrapping::raw)).body.bytes == text);
}

TEST_CASE("the size carried stays the compressed one") {
  auto bytes = compressed(text, wrapping::gzip);
  auto body = decode(gzip_header, bytes).body;
  CHECK(body.size_carried == bytes.size());
  CHECK_FALSE(body.truncated);
}

TEST_CASE("a transfer coding is removed as well") {
  CHECK(decode({{"Transfer-Encoding", "gzip, chunked"}}, compressed(text, wrapping::gzip)).body.bytes == text);
}

TEST_CASE("several codings are removed in reverse order") {
  auto twice = compressed(compressed(text, wrapping::zlib), wrapping::gzip);
  CHECK(decode({{"Content-Encoding", "deflate, gzip"}}, twice).body.bytes == text);
  CHECK(decode({{"Content-Encoding", "deflate"}, {"Content-Encoding", "gzip"}}, twice).body.bytes == text);
}

TEST_CASE("a gzip body of several members is one body; what follows it is not") {
  auto bytes = compressed("one", wrapping::gzip) + compressed("two", wrapping::gzip) + "password";
  CHECK(decode(gzip_header, bytes).body.bytes == "onetwo");
}

TEST_CASE("a body under a coding that cannot be removed is emptied") {
  for (const auto* coding : {"br", "zstd", "compress", "aws-chunked", "gzip, br", "br, gzip", "\"gzip\"", "gzip;q=1",
                             "gzip,gzip,gzip,gzip,gzip"}) {
    auto [body, how] = decode({{"Content-Encoding", coding}}, compressed(text, wrapping::gzip));
    CHECK(how == outcome::undecodable);
    CHECK(body.bytes.empty());
    CHECK(body.truncated);
    CHECK(body.size_carried > 0);
  }
}

TEST_CASE("a damaged body is emptied") {
  auto bytes = compressed(std::string(500, 'a') + text, wrapping::gzip);
  CHECK(decode(gzip_header, "plain text").how == outcome::undecodable);
  auto damaged = bytes;
  damaged[damaged.size() - 6] ^= 1; // the checksum
  CHECK(decode(gzip_header, damaged).how == outcome::undecodable);
  CHECK(decode(gzip_header, damaged).body.bytes.empty());
}

TEST_CASE("a body that stops early is decoded as far as it goes") {
  auto bytes = compressed(text, wrapping::gzip);
  auto [body, how] = decode(gzip_header, bytes.substr(0, bytes.size() - 20), 1000, true);
  CHECK(how == outcome::done);
  CHECK(body.truncated);
  CHECK(text.starts_with(body.bytes));
  CHECK(body.bytes.size() > 10);
  CHECK(decode(gzip_header, bytes.substr(0, bytes.size() - 1)).body.truncated);
}

TEST_CASE("every beginning of a compressed body is safe") {
  auto bytes = compressed(text, wrapping::zlib);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    auto body = decode({{"Content-Encoding", "deflate"}}, bytes.substr(0, size)).body;
    CHECK(body.truncated);
    CHECK(text.starts_with(body.bytes));
  }
}

TEST_CASE("a bomb stops at the limit") {
  auto bomb = compressed(std::string(50'000'000, '\0'), wrapping::gzip);
  auto [body, how] = decode(gzip_header, bomb, 100'000);
  CHECK(how == outcome::cut);
  CHECK(body.bytes.size() == 100'000);
  CHECK(body.truncated);
}

TEST_CASE("a body of exactly the limit is whole") {
  auto [body, how] = decode(gzip_header, compressed(text, wrapping::gzip), text.size());
  CHECK(how == outcome::done);
  CHECK(body.bytes == text);
  CHECK_FALSE(body.truncated);
}

TEST_CASE("no body has no coding") {
  auto [body, how] = decode({{"Content-Encoding", "br"}}, "");
  CHECK(how == outcome::done);
  CHECK_FALSE(body.truncated);
}

TEST_CASE("one decoder serves many bodies, damaged ones among them") {
  auto decoder = content_decoder{};
  for (auto how : {wrapping::gzip, wrapping::zlib, wrapping::raw, wrapping::gzip}) {
    auto bytes = compressed(text, how);
    auto body = http_body{.bytes = bytes, .size_carried = bytes.size()};
    auto headers = http_headers{{"Content-Encoding", how == wrapping::gzip ? "gzip" : "deflate"}};
    CHECK(decoder.decode(headers, body, 1000) == outcome::done);
    CHECK(body.bytes == text);
    auto damaged = http_body{.bytes = "\x1F\x8B nothing", .size_carried = 10};
    CHECK(decoder.decode(gzip_header, damaged, 1000) == outcome::undecodable);
  }
}

TEST_CASE("exchanges carry decoded bodies, and never one that could not be decoded") {
  auto seen = tap{};
  auto bytes = compressed(text, wrapping::gzip);
  seen.client_sends("POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bytes.size()) +
                    "\r\n\r\n" + bytes);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 6\r\n\r\nsecret");
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
  auto bytes = compressed(std::string(100'000, 'a'), wrapping::gzip);
  seen.client_sends("POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bytes.size()) +
                    "\r\n\r\n" + bytes);
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(seen.only().quality == exchange_quality::truncated_limit);
  CHECK(seen.only().request->body.bytes == std::string(1000, 'a'));
  CHECK(seen.ledger()[stream_limit::body] == 1);
}
