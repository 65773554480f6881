#include "actors/streams/grpc_messages.hpp"

#include "test/unit/streams/decoding.hpp"
#include "test/unit/streams/encoders.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace cleartap;
using namespace cleartap::encoders;
using namespace std::string_literals;

namespace {

struct rewritten : grpc_messages {
  http_body body;
};

rewritten rewrite(std::string_view encoding, std::string bytes, std::size_t size_max = 1024 * 1024,
                  const decoding_limits& limits = {}) {
  auto by = codings{};
  auto body = body_of(std::move(bytes));
  const auto result = decode_grpc_messages(encoding, body, size_max, by, limits);
  return {result, std::move(body)};
}

struct sample {
  const char* encoding;
  std::string (*encode)(std::string_view text);
};

const auto samples =
    std::vector<sample>{{"gzip", gzip},
                        {"deflate", [](std::string_view text) { return deflated(text, wrapping::zlib); }},
                        {"zstd", [](std::string_view text) { return zstd(text); }}};

std::string plain(std::string_view text) { return grpc_message(0, text); }

} // namespace

TEST_CASE("messages that are not compressed stay as they are") {
  for (const auto* encoding : {"", "identity", "gzip", "snappy"}) {
    const auto bytes = plain("one") + plain("") + plain(records(1000));
    const auto out = rewrite(encoding, bytes);
    CHECK(out.body.bytes == bytes);
    CHECK(out.how == decode_outcome::done);
    CHECK(out.whole == 3);
    CHECK_FALSE(out.last_cut);
    CHECK_FALSE(out.body.truncated);
  }
}

TEST_CASE("compressed messages become plain ones, among others") {
  const auto [encoding, encode] = GENERATE(from_range(samples));
  CAPTURE(encoding);
  const auto text = records(70'000); // a length of three bytes
  const auto out = rewrite(encoding, grpc_message(1, encode(text)) + plain("two") + grpc_message(1, encode("")) +
                                         grpc_message(1, "") + grpc_message(1, encode("five")));
  CHECK(out.body.bytes == plain(text) + plain("two") + plain("") + plain("") + plain("five"));
  CHECK(out.how == decode_outcome::done);
  CHECK(out.whole == 5);
  CHECK_FALSE(out.last_cut);
  CHECK_FALSE(out.body.truncated);
}

TEST_CASE("no body has no message") {
  const auto out = rewrite("gzip", "");
  CHECK(out.how == decode_outcome::done);
  CHECK(out.whole == 0);
  CHECK_FALSE(out.last_cut);
}

TEST_CASE("every beginning of a body gives whole messages and the beginning of one more") {
  const auto [encoding, encode] = GENERATE(from_range(samples));
  CAPTURE(encoding);
  const auto texts = std::vector<std::string>{records(300), "two", records(200)};
  const auto messages =
      std::vector<std::string>{grpc_message(1, encode(texts[0])), plain(texts[1]), grpc_message(1, encode(texts[2]))};
  const auto bytes = messages[0] + messages[1] + messages[2];
  for (auto size = std::size_t{0}; size <= bytes.size(); ++size) {
    CAPTURE(size);
    auto whole = std::size_t{0};
    auto expected = std::string{};
    auto rest = size;
    for (; whole < messages.size() && rest >= messages[whole].size(); ++whole) {
      rest -= messages[whole].size();
      expected += plain(texts[whole]);
    }
    const auto out = rewrite(encoding, bytes.substr(0, size));
    REQUIRE(out.how == decode_outcome::done);
    REQUIRE(out.whole == whole);
    REQUIRE(out.last_cut == (rest > 0));
    REQUIRE(out.body.truncated == (rest > 0));
    REQUIRE(out.body.bytes.starts_with(expected));
    const auto cut = out.body.bytes.substr(expected.size());
    REQUIRE((rest >= 5 ? cut.size() >= 5 : cut.empty()));
    if (!cut.empty()) {
      REQUIRE(texts[whole].starts_with(cut.substr(5)));
      const auto length = static_cast<std::size_t>(static_cast<std::uint8_t>(cut[3])) << 8 |
                          static_cast<std::size_t>(static_cast<std::uint8_t>(cut[4]));
      REQUIRE(length > cut.size() - 5); // who reads it sees that it is cut
    }
  }
}

TEST_CASE("a message that cannot be decompressed empties the body") {
  const auto zipped = gzip(records(100));
  auto damaged = zipped;
  damaged[damaged.size() - 6] ^= 1;
  for (const auto& [encoding, second] :
       {std::pair{"snappy", grpc_message(1, "abc")}, std::pair{"identity", grpc_message(1, zipped)},
        std::pair{"", grpc_message(1, zipped)}, std::pair{"gzip", grpc_message(1, "abc")},
        std::pair{"gzip", grpc_message(1, damaged)}, std::pair{"zstd", grpc_message(1, zipped)},
        std::pair{"gzip", grpc_message(1, zipped.substr(0, 20))}, std::pair{"gzip", grpc_message(2, "abc")},
        std::pair{"gzip", grpc_message('\x81', zipped)}}) {
    CAPTURE(encoding, second);
    const auto out = rewrite(encoding, plain("one") + second);
    CHECK(out.how == decode_outcome::undecodable);
    CHECK(out.body.bytes.empty());
    CHECK(out.body.truncated);
    CHECK(out.whole == 0);
    CHECK_FALSE(out.last_cut);
  }
}

TEST_CASE("trailers of gRPC-Web stay, and hide nothing behind them") {
  const auto trailers = grpc_message('\x80', "grpc-status: 0\r\n");
  auto out = rewrite("gzip", grpc_message(1, gzip("one")) + trailers);
  CHECK(out.body.bytes == plain("one") + trailers);
  CHECK(out.whole == 1);
  CHECK_FALSE(out.last_cut);
  CHECK(rewrite("gzip", trailers + grpc_message(1, gzip("one"))).body.bytes == trailers + plain("one"));
  CHECK(rewrite("gzip", trailers + "\x1F\x8Bxyz").how == decode_outcome::undecodable);
}

TEST_CASE("the limits are for all messages of a body") {
  const auto text = records(1000);
  const auto bytes = grpc_message(1, gzip(text)) + grpc_message(1, gzip(text)) + plain(text);
  const auto expected = plain(text) + plain(text) + plain(text);
  for (auto size_max = std::size_t{0}; size_max <= expected.size(); ++size_max) {
    CAPTURE(size_max);
    const auto out = rewrite("gzip", bytes, size_max);
    const auto all = size_max == expected.size();
    REQUIRE(out.body.bytes.size() <= size_max);
    REQUIRE(out.whole == size_max / (expected.size() / 3));
    REQUIRE(out.last_cut == !all);
    REQUIRE(out.body.truncated == !all);
    REQUIRE(out.how == (all ? decode_outcome::done : decode_outcome::cut));
  }
}

TEST_CASE("many small messages cannot do what one large is refused") {
  auto bytes = std::string{};
  for (auto i = 0; i < 20; ++i)
    bytes += grpc_message(1, gzip(std::string(100'000, 'a')));
  REQUIRE(bytes.size() * 100 < 1'000'000);
  const auto by_ratio = rewrite("gzip", bytes);
  CHECK(by_ratio.how == decode_outcome::cut_ratio);
  CHECK(by_ratio.body.bytes.size() == bytes.size() * 100);
  CHECK(by_ratio.last_cut);
  const auto by_size = rewrite("gzip", bytes, 1024 * 1024, {.decoded_max = 100'010, .ratio_max = 10'000});
  CHECK(by_size.how == decode_outcome::cut_decoded);
  CHECK(by_size.whole == 1);
}
