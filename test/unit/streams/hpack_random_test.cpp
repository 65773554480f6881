// Long runs of blocks, joined late and interrupted anywhere. What is told is right, and all is told that can be known.
#include "actors/streams/hpack_decoder.hpp"

#include "test/unit/streams/hpack_blocks.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>

using namespace cleartap;
using join = hpack_decoder::join;

namespace {

constexpr auto table_max = std::size_t{64} * 1024;
constexpr auto blocks_count = std::size_t{120};

std::uint64_t seeds(std::uint64_t quick) {
  const auto* factor = std::getenv("CLEARTAP_SEEDS_FACTOR");
  return factor == nullptr ? quick : quick * std::strtoull(factor, nullptr, 10);
}

std::vector<true_block> handmade_blocks(std::uint64_t seed) {
  auto random = hpack_random{seed};
  auto truth = hpack_truth{};
  auto all = std::vector<true_block>{};
  while (all.size() < blocks_count)
    all.push_back(random_block(random, truth));
  return all;
}

std::vector<true_block> deflated_blocks(std::uint64_t seed) {
  auto random = hpack_random{seed};
  auto truth = hpack_truth{};
  auto deflater = hpack_deflater{};
  auto all = std::vector<true_block>{};
  while (all.size() < blocks_count) {
    for (auto changes = random.below(20) == 0 ? 1 + random.below(3) : 0; changes > 0; --changes)
      deflater.table_size(random.table_size());
    auto fields = std::vector<std::pair<std::string, std::string>>{{":path", "/" + random.value()}};
    for (auto more = random.below(12); more > 0; --more)
      fields.emplace_back(random.name(), random.value());
    const auto before = truth.insertions();
    const auto bytes = deflater.block(fields);
    auto said = truth.decode(bytes);
    REQUIRE(said);
    REQUIRE(said->size() == fields.size());
    all.push_back({bytes, std::move(*said), before});
  }
  return all;
}

std::vector<true_block> blocks(std::uint64_t seed) {
  return seed % 2 == 0 ? handmade_blocks(seed) : deflated_blocks(seed);
}

/// The first mistake, or "", and how many parts were unknown.
struct outcome {
  std::string mistake;
  std::size_t unknown = 0;
};

std::size_t unknown_parts(const true_block& block, std::uint64_t seen) {
  auto count = std::size_t{0};
  for (const auto& each : block.fields)
    count += (each.name_from < seen ? 1u : 0u) + (each.value_from < seen ? 1u : 0u);
  return count;
}

outcome follow(hpack_decoder& decoder, std::span<const true_block> from, bool may_forget = false) {
  auto found = outcome{};
  const auto seen = from.front().insertions_before;
  for (auto i = std::size_t{0}; i < from.size() && found.mistake.empty(); ++i) {
    const auto here = first_mistake(decoder, from[i], seen, may_forget);
    if (!here.empty())
      found.mistake = "block " + std::to_string(i) + ": " + here;
    found.unknown += unknown_parts(from[i], seen);
  }
  return found;
}

} // namespace

TEST_CASE("from the start everything is known") {
  for (auto seed = std::uint64_t{0}; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    const auto all = blocks(seed);
    for (const auto how : {join::at_start, join::late}) {
      auto decoder = hpack_decoder{how, table_max};
      CHECK(follow(decoder, all).mistake == "");
    }
  }
}

TEST_CASE("joined late at any block, everything is known that was inserted since") {
  auto unknown = std::size_t{0};
  for (auto seed = std::uint64_t{0}; seed < seeds(6); ++seed) {
    const auto all = blocks(seed);
    for (auto joined = std::size_t{0}; joined < all.size(); ++joined) {
      INFO("seed " << seed << " joined at " << joined);
      auto late = hpack_decoder{join::late, table_max};
      const auto found = follow(late, std::span{all}.subspan(joined));
      CHECK(found.mistake == "");
      unknown += found.unknown;
    }
  }
  CHECK(unknown > 1000); // or nothing was tested
}

TEST_CASE("a log smaller than the table forgets, and is never wrong") {
  for (auto seed = std::uint64_t{0}; seed < seeds(10); ++seed)
    for (const auto size : {std::size_t{0}, std::size_t{40}, std::size_t{300}, std::size_t{4096}})
      for (const auto how : {join::at_start, join::late})
        for (const auto joined : {0, 1, 50}) {
          if (how == join::at_start && joined > 0)
            continue;
          INFO("seed " << seed << " size " << size << " joined at " << joined);
          const auto all = blocks(seed);
          auto decoder = hpack_decoder{how, size};
          CHECK(follow(decoder, std::span{all}.subspan(static_cast<std::size_t>(joined)), true).mistake == "");
        }
}

TEST_CASE("after each loss, everything is known that was inserted since") {
  for (auto seed = std::uint64_t{0}; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    auto random = hpack_random{seed};
    const auto all = blocks(seed);
    auto decoder = hpack_decoder{seed % 3 == 0 ? join::late : join::at_start, table_max};
    auto seen = std::uint64_t{0};
    for (const auto& each : all) {
      if (random.below(15) == 0) {
        decoder.lose();
        seen = UINT64_MAX;
        if (random.below(2) == 0)
          continue; // this block is the lost one
      }
      seen = std::min(seen, each.insertions_before);
      CHECK(first_mistake(decoder, each, seen) == "");
    }
  }
}

TEST_CASE("when the table was exchanged after joining, nothing is unknown") {
  auto deflater = hpack_deflater{};
  auto truth = hpack_truth{};
  auto late = hpack_decoder{join::late, table_max};
  auto number = 0;
  // Each block repeats fields of those before it; each name comes new before it is an index.
  const auto block = [&] {
    auto fields = std::vector<std::pair<std::string, std::string>>{};
    for (auto back = 40; back >= 0; back -= 4)
      fields.emplace_back("name-" + std::to_string(number - back), "value");
    ++number;
    return deflater.block(fields);
  };
  for (auto before = 0; before < 100; ++before)
    REQUIRE(truth.decode(block()));
  const auto joined = truth.insertions();
  auto unknown = std::size_t{0};
  while (truth.insertions() - joined < 4096 / 32) {
    const auto bytes = block();
    const auto said = true_block{bytes, truth.decode(bytes).value(), 0};
    CHECK(first_mistake(late, said, joined) == "");
    unknown += unknown_parts(said, joined);
  }
  CHECK(unknown > 0);
  for (auto after = 0; after < 100; ++after) {
    const auto bytes = block();
    CHECK(first_mistake(late, {bytes, truth.decode(bytes).value(), 0}, 0) == "");
  }
}
