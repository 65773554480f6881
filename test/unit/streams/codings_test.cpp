// Every coding, with what its own encoder makes.
#include "actors/streams/codings.hpp"

#include "test/unit/streams/decoding.hpp"
#include "test/unit/streams/encoders.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace cleartap;
using namespace cleartap::encoders;
using namespace std::string_literals;

namespace {

struct sample {
  const char* name;
  const char* coding;
  std::function<std::string(std::string_view text, std::size_t piece_size)> encode;
};

const auto samples = std::vector<sample>{
    {"gzip", "gzip", [](auto text, auto piece) { return deflated(text, wrapping::gzip, 6, piece); }},
    {"gzip, fast", "x-gzip", [](auto text, auto piece) { return deflated(text, wrapping::gzip, 1, piece); }},
    {"gzip, stored", "gzip", [](auto text, auto piece) { return deflated(text, wrapping::gzip, 0, piece); }},
    {"zlib", "deflate", [](auto text, auto piece) { return deflated(text, wrapping::zlib, 9, piece); }},
    {"zlib, fast", "deflate", [](auto text, auto piece) { return deflated(text, wrapping::zlib, 1, piece); }},
    {"deflate", "deflate", [](auto text, auto piece) { return deflated(text, wrapping::raw, 6, piece); }},
    {"brotli 1", "br", [](auto text, auto piece) { return brotli(text, {.quality = 1}, piece); }},
    {"brotli 5", "br", [](auto text, auto piece) { return brotli(text, {.quality = 5}, piece); }},
    {"brotli 11", "br", [](auto text, auto piece) { return brotli(text, {.quality = 11, .window_log = 24}, piece); }},
    {"zstd -5", "zstd", [](auto text, auto piece) { return zstd(text, {.level = -5}, piece); }},
    {"zstd 3", "zstd", [](auto text, auto piece) { return zstd(text, {}, piece); }},
    {"zstd 3, no size", "zstd", [](auto text, auto piece) { return zstd(text, {.tells_size = false}, piece); }},
    {"zstd 19", "zstd", [](auto text, auto piece) { return zstd(text, {.level = 19}, piece); }},
};

/// The codings whose bodies tell when a byte of them is wrong.
const auto with_checksum = std::vector<std::string>{"gzip", "zlib", "zstd 3"};

sample sample_called(const std::string& name) {
  return *std::ranges::find_if(samples, [&](const auto& each) { return each.name == name; });
}

} // namespace

TEST_CASE("every coding is removed") {
  const auto sample = GENERATE(from_range(samples));
  CAPTURE(sample.name);
  for (const auto& text : {""s, "a"s, records(100), records(16 * 1024), records(16 * 1024 + 1), records(300'000)})
    for (const auto piece_size : {0, 5000}) {
      const auto [body, how] = decode(sample.coding, sample.encode(text, static_cast<std::size_t>(piece_size)));
      CHECK(how == decode_outcome::done);
      CHECK((body.bytes == text));
      CHECK_FALSE(body.truncated);
    }
}

TEST_CASE("every beginning of an encoded body gives a beginning of the text, and is known as one") {
  const auto sample = GENERATE(from_range(samples));
  CAPTURE(sample.name);
  const auto text = records(12'000);
  const auto bytes = sample.encode(text, 1000);
  auto shorter = std::size_t{0};
  for (auto size = std::size_t{0}; size < bytes.size(); ++size) {
    CAPTURE(size);
    auto body = body_of(bytes.substr(0, size));
    body.size_carried = bytes.size();
    REQUIRE(content_decoder{}.decode({{"Content-Encoding", sample.coding}}, body, text.size()) == decode_outcome::done);
    REQUIRE(body.truncated);
    REQUIRE(text.starts_with(body.bytes));
    REQUIRE(body.bytes.size() >= shorter);
    shorter = body.bytes.size();
  }
  CHECK(shorter >= text.size() - 1000); // all pieces but the last, in which something is missing
}

TEST_CASE("a beginning of a long body gives as much as is there of it") {
  const auto sample = GENERATE(from_range(samples));
  CAPTURE(sample.name);
  const auto text = records(700'000);
  const auto bytes = sample.encode(text, 0);
  for (const auto tenths : {3, 5, 9}) {
    const auto [body, how] =
        decode(sample.coding, bytes.substr(0, bytes.size() / 10 * static_cast<std::size_t>(tenths)));
    CHECK(how == decode_outcome::done);
    CHECK(body.truncated);
    CHECK((text.starts_with(body.bytes)));
    CHECK(body.bytes.size() + 128 * 1024 > text.size() / 10 * static_cast<std::size_t>(tenths)); // zstd's blocks
  }
}

TEST_CASE("what a server has flushed is there before the body ends") {
  const auto sample = GENERATE(from_range(samples));
  CAPTURE(sample.name);
  const auto text = records(3000);
  const auto bytes = sample.encode(text, 1000);
  auto sizes = std::vector<std::size_t>{0};
  for (auto size = std::size_t{1}; size < bytes.size(); ++size)
    if (const auto made = decode(sample.coding, bytes.substr(0, size)).body.bytes.size(); made % 1000 == 0)
      sizes.push_back(made);
  for (const auto flushed : {1000, 2000, 3000})
    CHECK(std::ranges::count(sizes, static_cast<std::size_t>(flushed)) > 0);
}

TEST_CASE("a beginning of two layers gives a beginning of the text") {
  const auto text = records(4000);
  const auto bytes = gzip(brotli(text, {}, 500));
  for (auto size = std::size_t{1}; size < bytes.size(); ++size) {
    const auto [body, how] = decode("br, gzip", bytes.substr(0, size));
    REQUIRE(how == decode_outcome::done);
    REQUIRE(body.truncated);
    REQUIRE(text.starts_with(body.bytes));
  }
}

TEST_CASE("what is behind the end of a coding is not content") {
  const auto sample = GENERATE(from_range(samples));
  CAPTURE(sample.name);
  const auto text = records(500);
  for (const auto& garbage :
       {"password"s, "\0\0\0\0"s, "\x1F password"s, "\x28\xB5 password"s, "P"s + "\x2Apassword"}) {
    const auto [body, how] = decode(sample.coding, sample.encode(text, 0) + garbage);
    CHECK(how == decode_outcome::done);
    CHECK((body.bytes == text));
    CHECK_FALSE(body.truncated);
  }
}

TEST_CASE("a damaged body is emptied") {
  const auto sample = sample_called(GENERATE(from_range(with_checksum)));
  CAPTURE(sample.name);
  const auto bytes = sample.encode(records(500), 0);
  auto undecodable = std::size_t{0};
  for (auto at = std::size_t{0}; at < bytes.size(); ++at) {
    CAPTURE(at);
    auto damaged = bytes;
    damaged[at] ^= 1;
    const auto [body, how] = decode(sample.coding, damaged);
    undecodable += how == decode_outcome::undecodable ? 1 : 0;
    if (how == decode_outcome::undecodable)
      REQUIRE((body.bytes.empty() && body.truncated));
    else // the damage is in what nobody reads, or looks like a body that goes on
      REQUIRE((body.truncated || body.bytes == records(500)));
  }
  CHECK(undecodable > bytes.size() * 8 / 10);
}

TEST_CASE("plain text under a coding's name is emptied") {
  for (const auto* coding : {"gzip", "br", "zstd"})
    CHECK(decode(coding, "plain text, and enough of it").how == decode_outcome::undecodable);
}

TEST_CASE("a gzip body may have several members") {
  CHECK(decode("gzip", gzip("one") + gzip("") + gzip("two") + "password").body.bytes == "onetwo");
  const auto cut = decode("gzip", gzip("one") + "\x1F");
  CHECK(cut.body.bytes == "one");
  CHECK(cut.body.truncated);
}

TEST_CASE("a zstd body may have several frames, some of them skippable") {
  const auto text = records(500);
  const auto bytes = skippable("password") + zstd("one") + skippable("") + zstd(text) + zstd("") + skippable("x");
  CHECK(decode("zstd", bytes).body.bytes == "one" + text);
  CHECK_FALSE(decode("zstd", bytes).body.truncated);
  for (const auto missing : {1, 5, 8}) // in the last frame
    CHECK(decode("zstd", bytes.substr(0, bytes.size() - static_cast<std::size_t>(missing))).body.truncated);
  CHECK(decode("zstd", bytes.substr(0, bytes.size() - 5)).body.bytes == "one" + text);
  CHECK(decode("zstd", skippable("password")).body.bytes.empty());
}

TEST_CASE("a zstd frame of a version before the standard is refused") {
  for (const auto& begin : {"\x1E\xB5\x2F\xFD"s, "\x25\xB5\x2F\xFD"s, "\x27\xB5\x2F\xFD"s})
    CHECK(decode("zstd", begin + std::string(100, '\0')).how == decode_outcome::undecodable);
}

TEST_CASE("a window of 8 MB is taken, a larger one is not") {
  const auto text = records(100'000);
  CHECK((decode("zstd", zstd(text, {.window_log = 23, .tells_size = false}, 50'000)).body.bytes == text));
  CHECK(decode("zstd", zstd(text, {.window_log = 24, .tells_size = false}, 50'000)).how == decode_outcome::undecodable);
}

TEST_CASE("a brotli window of 16 MB is taken, a large one is not") {
  const auto text = records(100'000);
  CHECK((decode("br", brotli(text, {.window_log = 24})).body.bytes == text));
  CHECK(decode("br", brotli(text, {.window_log = 25, .large_window = true})).how == decode_outcome::undecodable);
}

TEST_CASE("of brotli all is kept that comes before a window that the body does not justify") {
  // RFC 7932, 9.2: a window of 16 MiB, 5 bytes as they are, and then 8 MiB of which nothing comes.
  const auto five = 0xFu | (5u - 1) << 7 | 1u << 23;
  const auto many = 2u << 1 | ((8u << 20) - 1) << 3 | 1u << 27;
  auto bytes = std::string{};
  for (auto shift : {0, 8, 16})
    bytes.push_back(static_cast<char>(five >> shift));
  bytes += "early";
  for (auto shift : {0, 8, 16, 24})
    bytes.push_back(static_cast<char>(many >> shift));
  const auto [body, how] = decode("br", bytes);
  CHECK(body.bytes == "early");
  CHECK(body.truncated);
  CHECK(how == decode_outcome::cut_ratio);
}

TEST_CASE("one decoder serves many bodies, damaged and cut ones among them") {
  auto decoder = content_decoder{};
  const auto text = records(40'000);
  for (auto round = 0; round < 3; ++round)
    for (const auto& sample : samples) {
      CAPTURE(sample.name);
      const auto headers = http_headers{{"Content-Encoding", sample.coding}};
      const auto bytes = sample.encode(text, 0);
      auto whole = body_of(bytes);
      CHECK(decoder.decode(headers, whole, text.size()) == decode_outcome::done);
      CHECK((whole.bytes == text));
      auto cut = body_of(bytes.substr(0, bytes.size() / 2));
      CHECK(decoder.decode(headers, cut, text.size()) == decode_outcome::done);
      auto full = body_of(bytes);
      CHECK(decoder.decode(headers, full, 10) == decode_outcome::cut);
      auto damaged = body_of("\x1F\x8B nothing");
      CHECK(decoder.decode({{"Content-Encoding", "gzip"}}, damaged, 1000) == decode_outcome::undecodable);
    }
}

TEST_CASE("little is kept between two bodies, whatever their windows are") {
  auto decoder = content_decoder{};
  CHECK(decoder.kept().memory_kept() == 0);
  const auto text = records(1'000'000);
  for (const auto& bytes : {zstd(text, {.window_log = 23, .tells_size = false}, 50'000), zstd(records(2000))}) {
    auto body = body_of(bytes);
    CHECK(decoder.decode({{"Content-Encoding", "zstd"}}, body, text.size()) != decode_outcome::undecodable);
    CHECK(decoder.kept().memory_kept() <= zstd_coding::memory_kept_max);
  }
  CHECK(decoder.kept().memory_kept() > 0);
  auto body = body_of(gzip(text));
  CHECK(decoder.decode({{"Content-Encoding", "gzip"}}, body, text.size()) != decode_outcome::undecodable);
  CHECK(decoder.kept().memory_kept() < 600 * 1024);
}
