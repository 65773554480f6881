#include "actors/link/exchange_bytes.hpp"
#include "actors/link/exchange_codec.hpp"
#include "test/unit/link/random_exchanges.hpp"

#include <catch2/catch_test_macros.hpp>
#include <zstd.h>

using namespace cleartap;

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr auto plenty = std::size_t{1} << 24;

bool same(const http_body& a, const http_body& b) {
  return a.bytes == b.bytes && a.size_carried == b.size_carried && a.truncated == b.truncated;
}

bool same(const http_request& a, const http_request& b) {
  return a.method == b.method && a.scheme == b.scheme && a.host == b.host && a.path == b.path && a.query == b.query &&
         a.version == b.version && a.headers == b.headers && a.trailers == b.trailers && same(a.body, b.body);
}

bool same(const http_response& a, const http_response& b) {
  return a.status == b.status && a.headers == b.headers && a.trailers == b.trailers && same(a.body, b.body);
}

bool same(const socket_pair& a, const socket_pair& b) {
  return a.local == b.local && a.remote == b.remote && a.evidence == b.evidence;
}

template <class T>
bool same(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const exchange& a, const exchange& b) {
  return a.connection == b.connection && a.seen == b.seen && a.time == b.time && a.duration == b.duration &&
         a.role == b.role && a.library == b.library && same(a.sockets, b.sockets) && same(a.request, b.request) &&
         same(a.response, b.response) && a.quality == b.quality && a.application == b.application &&
         a.findings == b.findings && a.process == b.process;
}

bool same(const exchange_batch& a, const exchange_batch& b) {
  return std::ranges::equal(a.exchanges, b.exchanges, [](const auto& x, const auto& y) { return same(x, y); });
}

std::size_t size_of(const exchange_batch& batch) {
  auto sum = std::size_t{0};
  for (const auto& each : batch.exchanges)
    sum += size_in_memory(each);
  return sum;
}

bytes packed(const bytes& plain) {
  auto frame = bytes(ZSTD_compressBound(plain.size()));
  frame.resize(ZSTD_compress(frame.data(), frame.size(), plain.data(), plain.size(), 1));
  return frame;
}

std::string refusal(const bytes& frame, std::size_t size_max = plenty) {
  const auto decoded = exchange_decoder{}.decode(frame, size_max);
  return decoded ? "" : decoded.error().text;
}

std::string without_prefix(const std::string& text) {
  constexpr auto prefix = std::string_view{"a batch of exchanges was refused: "};
  REQUIRE(text.starts_with(prefix));
  return text.substr(prefix.size());
}

exchange_batch plain_batch() {
  auto batch = exchange_batch{};
  auto& each = batch.exchanges.emplace_back();
  each.request = http_request{.method = "GET", .host = "h", .path = "/p", .version = "1.1", .headers = {{"a", "b"}}};
  each.response = http_response{.status = 200};
  each.sockets = socket_pair{};
  return batch;
}

} // namespace

TEST_CASE("every batch comes back as it was") {
  auto encoder = exchange_encoder{};
  auto decoder = exchange_decoder{};
  for (auto seed = 0u; seed < 500; ++seed) {
    const auto batch = random_exchanges{seed}.batch(20);
    const auto frame = encoder.encode(batch);
    const auto decoded = decoder.decode(frame, plenty);
    REQUIRE(decoded);
    REQUIRE(same(batch, *decoded));
  }
}

TEST_CASE("the limit is the batch's size in memory, exactly") {
  auto encoder = exchange_encoder{};
  for (auto seed = 0u; seed < 200; ++seed) {
    const auto batch = random_exchanges{seed}.batch(20);
    const auto frame = encoder.encode(batch);
    CHECK(to_bytes(batch).size() <= size_of(batch) + 2); // the codec relies on it
    CHECK(refusal(frame, size_of(batch)) == "");
    if (!batch.exchanges.empty())
      CHECK(refusal(frame, size_of(batch) - 1) != "");
  }
}

TEST_CASE("a batch that ends too early is refused, wherever that is") {
  const auto plain = to_bytes(random_exchanges{7}.batch(5));
  REQUIRE(plain.size() > 100);
  for (auto size = std::size_t{0}; size < plain.size(); ++size)
    REQUIRE(!from_bytes(std::span{plain}.first(size), plenty));
  const auto frame = exchange_encoder{}.encode(random_exchanges{7}.batch(5));
  for (auto size = std::size_t{0}; size < frame.size(); ++size)
    REQUIRE(refusal(bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size))) != "");
}

TEST_CASE("what follows the end is refused") {
  auto plain = to_bytes(plain_batch());
  plain.push_back(0);
  CHECK(refusal(packed(plain)) == "a batch of exchanges was refused: bytes after the end");
  auto frame = exchange_encoder{}.encode(plain_batch());
  const auto twice = frame.size();
  frame.insert(frame.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(twice));
  CHECK(refusal(frame) == "a batch of exchanges was refused: not exactly one zstd frame");
}

TEST_CASE("no bit that flips does harm, and what is taken is written back the same") {
  const auto plain = to_bytes(random_exchanges{3}.batch(4));
  for (auto bit = std::size_t{0}; bit < plain.size() * 8; ++bit) {
    auto flipped = plain;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1 << bit % 8));
    if (const auto decoded = from_bytes(flipped, plenty))
      REQUIRE(to_bytes(*decoded) == flipped);
  }
  auto frame = exchange_encoder{}.encode(random_exchanges{3}.batch(4));
  auto decoder = exchange_decoder{};
  for (auto bit = std::size_t{0}; bit < frame.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
    frame[bit / 8] ^= mask;
    [[maybe_unused]] const auto decoded = decoder.decode(frame, plenty);
    frame[bit / 8] ^= mask;
  }
}

TEST_CASE("values out of their range are refused") {
  // The bytes of plain_batch(): format, count, six numbers, role, library, quality, parts, sockets, ...
  const auto refused_at = [](std::size_t at, std::uint8_t value) {
    auto plain = to_bytes(plain_batch());
    plain.at(at) = value;
    return without_prefix(refusal(packed(plain)));
  };
  CHECK(refused_at(0, 3) == "an unknown format");
  CHECK(refused_at(0, 5) == "an unknown format");
  CHECK(refused_at(1, 100) == "a count that the bytes cannot hold");
  CHECK(refused_at(8, 2) == "an unknown value of an enumeration");
  CHECK(refused_at(9, 3) == "an unknown value of an enumeration");
  CHECK(refused_at(10, 9) == "an unknown value of an enumeration");
  CHECK(refused_at(11, 16) == "unknown parts of an exchange");
  CHECK(refused_at(12, 2) == "an unknown value of an enumeration"); // family
}

TEST_CASE("an exchange without both messages must say so") {
  auto batch = plain_batch();
  auto& each = batch.exchanges.front();
  each.response.reset();
  CHECK(refusal(exchange_encoder{}.encode(batch)).ends_with("an exchange without a response"));
  each.quality = exchange_quality::request_only;
  CHECK(refusal(exchange_encoder{}.encode(batch)) == "");
  each.request.reset();
  CHECK(refusal(exchange_encoder{}.encode(batch)).ends_with("an exchange without a request"));
}

TEST_CASE("a bomb is refused before there is room for it") {
  const auto zeroes = bytes(plenty * 4, 0);
  const auto bomb = packed(zeroes);
  CHECK(bomb.size() < 100'000);
  CHECK(refusal(bomb) == "a batch of exchanges was refused: larger than allowed");
}

TEST_CASE("a few bytes that become much in memory are refused") {
  auto batch = plain_batch();
  batch.exchanges.front().request->headers.resize(100'000);
  const auto frame = exchange_encoder{}.encode(batch);
  CHECK(frame.size() < 1000);
  CHECK(refusal(frame, 1'000'000) == "a batch of exchanges was refused: larger in memory than allowed");
  CHECK(refusal(frame, 10'000'000) == "");
}

TEST_CASE("a frame that does not tell its content size is refused") {
  const auto plain = to_bytes(plain_batch());
  auto frame = bytes(ZSTD_compressBound(plain.size()));
  auto* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), plain.data(), plain.size()));
  ZSTD_freeCCtx(context);
  CHECK(refusal(frame) == "a batch of exchanges was refused: a zstd frame that does not tell its content size");
}

TEST_CASE("what is no zstd frame is refused") {
  CHECK(refusal({}).ends_with("no zstd frame"));
  CHECK(refusal(bytes(100, 'x')).ends_with("no zstd frame"));
  CHECK(refusal({0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0}) != ""); // a skippable frame
}
