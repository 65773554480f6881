#include "actors/inventory/stable_hash.hpp"

#include "actors/inventory/saturating.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;

namespace {

std::string ascending(int size) {
  auto out = std::string{};
  for (auto i = 0; i < size; ++i)
    out += static_cast<char>(i);
  return out;
}

} // namespace

// The vectors of the reference implementation of SipHash-2-4.
TEST_CASE("the hash is SipHash-2-4 on every machine") {
  CHECK(stable_hash("") == 0x726fdb47dd0e0e31);
  CHECK(stable_hash(ascending(1)) == 0x74f839c593dc67fd);
  CHECK(stable_hash(ascending(7)) == 0xab0200f58b01d137);
  CHECK(stable_hash(ascending(8)) == 0x93f5f5799a932462);
  CHECK(stable_hash(ascending(15)) == 0xa129ca6149be45e5);
  CHECK(stable_hash(ascending(63)) == 0x958a324ceb064572);
}

TEST_CASE("a full counter stays full") {
  constexpr auto full = 0xffffffffffffffff;
  CHECK(saturating_sum(full, 1) == full);
  CHECK(saturating_sum(full - 1, 1) == full);
  CHECK(saturating_sum(full - 2, 1) == full - 1);
  CHECK(saturating_sum(full, full) == full);
}
