#include "actors/inventory/bottom_k.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace cleartap;

namespace {

struct tally {
  std::uint64_t count = 0;
  std::uint64_t weight() const { return count; }
};

using tallies = bottom_k<tally>;

void add(tallies& into, const std::string& name, std::size_t size_max) {
  if (auto* entry = into.admit(name, size_max))
    ++entry->count;
  else
    into.leave_out();
}

std::string text(const tallies& all) {
  auto out = "left out " + std::to_string(all.left_out());
  for (const auto* entry : all.sorted())
    out += ", " + entry->first.name + " " + std::to_string(entry->second.count);
  return out;
}

/// Each of n0 to n49 as often as its number says and once more.
std::vector<std::string> fifty_names() {
  auto out = std::vector<std::string>{};
  for (auto i = 0; i < 50; ++i)
    out.insert(out.end(), static_cast<std::size_t>(i) + 1, "n" + std::to_string(i));
  return out;
}

constexpr auto fifty_names_kept =
    "left out 1040, n12 13, n22 23, n24 25, n26 27, n3 4, n36 37, n43 44, n47 48, n5 6, n7 8";

} // namespace

TEST_CASE("the names of the smallest hashes stay, whatever the order") {
  auto names = fifty_names();
  auto random = std::mt19937{7};
  for (auto round = 0; round < 20; ++round) {
    std::ranges::shuffle(names, random);
    auto all = tallies{};
    for (const auto& name : names)
      add(all, name, 10);
    CHECK(text(all) == fifty_names_kept);
  }
}

TEST_CASE("parts merge to the whole, whatever the parts") {
  auto names = fifty_names();
  auto random = std::mt19937{11};
  for (auto round = 0; round < 20; ++round) {
    std::ranges::shuffle(names, random);
    auto parts = std::vector<tallies>(3);
    for (const auto& name : names)
      add(parts[random() % 3], name, 10);
    std::ranges::shuffle(parts, random);
    auto all = tallies{};
    for (const auto& part : parts)
      all.merge(part, 10, [](tally& ours, const tally& theirs) { ours.count += theirs.count; });
    CHECK(text(all) == fifty_names_kept);
  }
}

TEST_CASE("kept and left out add up to what was added") {
  auto all = tallies{};
  for (const auto& name : fifty_names())
    add(all, name, 3);
  CHECK(all.entries().size() == 3);
  CHECK(all.weight() == 1275);
}

TEST_CASE("without room everything is left out") {
  auto all = tallies{};
  add(all, "a", 0);
  add(all, "b", 0);
  CHECK(text(all) == "left out 2");
}

TEST_CASE("a displaced entry is shown once") {
  auto all = tallies{};
  auto displaced = std::vector<std::string>{};
  for (const auto* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    auto* entry = all.admit({stable_hash(name), name}, 2,
                            [&](const std::string& gone, const tally&) { displaced.push_back(gone); });
    if (entry)
      entry->count = 1;
  }
  std::ranges::sort(displaced);
  CHECK(std::ranges::adjacent_find(displaced) == displaced.end());
  CHECK(all.left_out() == displaced.size());
}

TEST_CASE("names may hold any byte") {
  auto all = tallies{};
  const auto name = std::string{"a\0b", 3};
  add(all, name, 4);
  add(all, "a", 4);
  REQUIRE(all.find(name));
  CHECK(all.find(name)->count == 1);
  CHECK(all.entries().size() == 2);
}
