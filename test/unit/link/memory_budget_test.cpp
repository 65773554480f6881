#include "actors/link/memory_budget.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace cleartap;

TEST_CASE("what is taken is there again once it was given back") {
  auto budget = memory_budget{100};
  auto whose = memory_budget::make_holder();
  {
    auto share = budget.take(60, whose, 1);
    REQUIRE(share);
    CHECK(budget.used() == 60);
    CHECK(!budget.take(41, memory_budget::make_holder(), 2));
    share->resize(30);
    CHECK(budget.used() == 30);
    CHECK(*whose == 30);
    auto moved = *std::move(share);
    CHECK(budget.used() == 30);
  }
  CHECK(budget.used() == 0);
  CHECK(*whose == 0);
}

TEST_CASE("a share that is larger than the budget passes when nothing else is taken") {
  auto budget = memory_budget{100};
  auto whose = memory_budget::make_holder();
  auto large = budget.take(1000, whose, 4);
  REQUIRE(large);
  CHECK(!budget.take(1, memory_budget::make_holder(), 4));
  large.reset();
  CHECK(budget.take(1, memory_budget::make_holder(), 4));
}

TEST_CASE("who asks often leaves the others their even part") {
  auto budget = memory_budget{100};
  auto greedy = memory_budget::make_holder();
  auto shares = std::vector<memory_budget::share>{};
  while (auto share = budget.take(10, greedy, 4))
    shares.push_back(std::move(*share));
  CHECK(budget.used() == 50); // half of it is for whoever comes first
  for (auto i = 0; i < 2; ++i) {
    auto modest = memory_budget::make_holder();
    auto first = budget.take(10, modest, 4);
    auto second = budget.take(10, modest, 4);
    REQUIRE((first && second));
    CHECK(!budget.take(10, modest, 4)); // would be more than 25
    shares.push_back(std::move(*first));
    shares.push_back(std::move(*second));
  }
  CHECK(budget.used() == 90);
}
