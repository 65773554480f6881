// Bodies that would become too large.
#include "test/unit/streams/decoding.hpp"
#include "test/unit/streams/encoders.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace cleartap;
using namespace cleartap::encoders;

namespace {

struct sample {
  const char* coding;
  std::string (*encode)(std::string_view text);
};

const auto samples =
    std::vector<sample>{{"gzip", gzip},
                        {"deflate", [](std::string_view text) { return deflated(text, wrapping::zlib); }},
                        {"br", [](std::string_view text) { return brotli(text); }},
                        {"zstd", [](std::string_view text) { return zstd(text); }}};

constexpr auto mega = std::size_t{1024} * 1024;
const auto no_ratio = decoding_limits{.ratio_max = 10'000'000};

} // namespace

TEST_CASE("of a body that decodes to more than is kept, the beginning is kept") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  const auto text = records(100'000);
  for (const auto size_max : {std::size_t{0}, std::size_t{1}, std::size_t{16 * 1024}, text.size() - 1}) {
    const auto [body, how] = decode(coding, encode(text), size_max);
    CHECK(how == decode_outcome::cut);
    CHECK((body.bytes == text.substr(0, size_max)));
    CHECK(body.truncated);
  }
}

TEST_CASE("a body of exactly the limit is whole") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  for (const auto size : {std::size_t{1}, std::size_t{16 * 1024}, std::size_t{32 * 1024}}) {
    const auto text = records(size).substr(0, size);
    const auto [body, how] = decode(coding, encode(text), size);
    CHECK(how == decode_outcome::done);
    CHECK((body.bytes == text));
    CHECK_FALSE(body.truncated);
  }
}

TEST_CASE("a bomb stops at the ratio") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  const auto bomb = encode(std::string(mega, 'a'));
  REQUIRE(bomb.size() * 100 < mega / 2);
  const auto [body, how] = decode(coding, bomb, mega / 2);
  CHECK(how == decode_outcome::cut_ratio);
  CHECK(body.bytes.size() == std::max(bomb.size() * 100, decoding_limits::ratio_size_min));
  CHECK(body.bytes.find_first_not_of('a') == std::string::npos);
  CHECK(body.truncated);
  CHECK(decode(coding, bomb, mega / 2, no_ratio).how == decode_outcome::cut);
}

TEST_CASE("a brotli body that says that a few bytes become many is stopped before the work is done") {
  const auto text = records(300) + std::string(4 * mega, 'a');
  const auto bomb = brotli(text);
  REQUIRE(bomb.size() * 512 < mega);
  const auto [body, how] = decode("br", bomb, mega);
  CHECK(how == decode_outcome::cut_ratio);
  CHECK(body.truncated);
  CHECK(text.starts_with(body.bytes));
}

TEST_CASE("the ratio is not judged of a small body") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  const auto text = std::string(decoding_limits::ratio_size_min, 'a');
  REQUIRE(encode(text).size() < text.size() / 100);
  CHECK((decode(coding, encode(text)).body.bytes == text));
  CHECK(decode(coding, encode(text)).how == decode_outcome::done);
  CHECK(decode(coding, encode(text + 'a')).how == decode_outcome::cut_ratio);
}

TEST_CASE("records of an API do not reach the ratio") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  const auto text = records(mega - 1000);
  CHECK((decode(coding, encode(text), mega).body.bytes == text));
}

TEST_CASE("two layers are not allowed the square of the ratio") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  const auto bomb = encode(encode(std::string(50 * mega, '\0')));
  const auto [body, how] = decode((std::string{coding} + ", " + coding).c_str(), bomb, mega);
  CHECK(how == decode_outcome::cut_ratio);
  CHECK(body.bytes.size() <= std::max(bomb.size() * 100, decoding_limits::ratio_size_min));
  CHECK(body.truncated);
}

TEST_CASE("all layers together make no more than their limit") {
  const auto [coding, encode] = GENERATE(from_range(samples));
  CAPTURE(coding);
  const auto outer = std::string{"deflate, "} + coding;
  const auto text = records(3 * mega); // stored, the inner layer is as long
  const auto twice = encode(deflated(text, wrapping::zlib, 0));
  const auto limits = decoding_limits{.decoded_max = 2 * mega};
  const auto [body, how] = decode(outer.c_str(), twice, mega / 2, limits);
  CHECK(how == decode_outcome::cut_decoded); // in the outer layer; the inner one is cut as well
  CHECK((body.bytes == text.substr(0, mega / 2)));
  CHECK(body.truncated);
  CHECK((decode(outer.c_str(), twice, 4 * mega).body.bytes == text));
}

TEST_CASE("the inner layer may be longer than what is kept") {
  const auto text = records(mega / 2);
  const auto twice = gzip(deflated(text, wrapping::zlib, 0) + std::string(100'000, 'x'));
  const auto [body, how] = decode("deflate, gzip", twice, text.size());
  CHECK(how == decode_outcome::done);
  CHECK((body.bytes == text));
}

TEST_CASE("one layer makes no more than that limit either") {
  const auto text = records(mega);
  const auto [body, how] = decode("gzip", gzip(text), 2 * mega, {.decoded_max = mega / 2});
  CHECK(how == decode_outcome::cut_decoded);
  CHECK((body.bytes == text.substr(0, mega / 2)));
}
