#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/word_runs.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <string>

using namespace cleartap::masking;

namespace {

/// What every kind is made of, on the lanes of any form.
template <class Lane>
std::array<std::uint64_t, 5> kinds_of(const char* from) {
  const auto bytes = Lane::load(from);
  return {bytes.is('"').bits(), bytes.within('0', '9').bits(), bytes.within('\x00', '\x1f').bits(),
          bytes.folded().within('a', 'z').bits(), (bytes.is('\xff') | bytes.within('\x7f', '\xfe')).bits()};
}

std::string any_text(std::mt19937_64& random, std::size_t size, std::string_view from) {
  auto text = std::string(size, ' ');
  for (auto& each : text)
    each = from[random() % from.size()];
  return text;
}

} // namespace

TEST_CASE("lanes of vectors tell the same as those of bytes, for every byte in every place") {
  for (auto value = 0; value < 256; ++value) {
    for (auto place = std::size_t{0}; place < 16; ++place) {
      auto bytes = std::array<char, 16>{};
      bytes.fill('a');
      bytes[place] = static_cast<char>(value);
      REQUIRE(kinds_of<vector_lane>(bytes.data()) == kinds_of<scalar_lane>(bytes.data()));
    }
  }
}

TEST_CASE("a block has a bit for each byte of the text and none behind its end, at every place and size") {
  auto random = std::mt19937_64{11};
  const auto whole = any_text(random, 3 * block_size, "ab:");
  for (auto begin = std::size_t{0}; begin < block_size; ++begin) {
    for (auto size = std::size_t{1}; size <= 2 * block_size; ++size) {
      const auto text = std::string_view{whole}.substr(begin, size);
      const auto found = byte_block::read(text, 0).bits([](auto bytes) { return bytes.is(':'); });
      for (auto i = std::size_t{0}; i < block_size; ++i)
        REQUIRE((found >> i & 1) == (i < size && text[i] == ':' ? 1u : 0u));
    }
  }
}

TEST_CASE("bits of a block are told from both sides of a place") {
  CHECK(lowest_bit(0b1000) == 3);
  CHECK(lowest_bit(std::uint64_t{1} << 63) == 63);
  CHECK(bits_from(0) == ~std::uint64_t{0});
  CHECK(bits_from(63) == std::uint64_t{1} << 63);
  CHECK(bits_below(0b1000) == 0b0111);
  CHECK(bits_below(1) == 0);
  CHECK(bits_below(0) == ~std::uint64_t{0});
}

TEST_CASE("a long word is noticed at its eleventh byte and all behind it, across blocks too") {
  auto random = std::mt19937_64{12};
  for (auto round = 0; round < 200; ++round) {
    const auto text = any_text(random, 4 * block_size, round % 2 == 0 ? "aZ09-_. " : "aZ09-_.abcdefghijklmnop ");
    auto runs = word_runs{};
    auto size = std::size_t{0};
    for (auto block = std::size_t{0}; block < text.size(); block += block_size) {
      const auto longs = runs.next(byte_block::read(text, block).bits([](auto bytes) { return word_bytes(bytes); }));
      for (auto i = std::size_t{0}; i < block_size; ++i) {
        size = text[block + i] == ' ' ? 0 : size + 1;
        REQUIRE((longs >> i & 1) == (size >= provider_word_min ? 1u : 0u));
      }
    }
  }
}

TEST_CASE("words are of letters, digits and what joins them") {
  for (auto value = 0; value < 256; ++value) {
    const auto c = static_cast<char>(value);
    const auto bytes = std::string(16, c);
    const auto wanted = std::isalnum(value) != 0 && value < 128;
    CHECK((word_bytes(vector_lane::load(bytes.data())).bits() != 0) == (wanted || c == '-' || c == '.' || c == '_'));
  }
}
