// Counters that stay at their largest value instead of starting again at 0. Knows nothing of what is counted.
#pragma once

#include <cstdint>
#include <limits>

namespace cleartap {

/// Invariant: min(a + b, largest) is commutative and associative, so that a full counter does not depend on the order
/// of what filled it.
[[nodiscard]] constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  return b > largest - a ? largest : a + b;
}

constexpr void count_up(std::uint64_t& counter, std::uint64_t more = 1) noexcept {
  counter = saturating_sum(counter, more);
}

} // namespace cleartap
