// A fuzzer's bytes, taken piece by piece; what is not there is zero or empty. Refuses to know what is tested.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace cleartap::fuzz {

inline void expect(bool holds) {
  if (!holds)
    std::abort();
}

class input {
public:
  explicit input(std::span<const std::uint8_t> bytes) noexcept : rest_{bytes} {}

  bool empty() const noexcept { return rest_.empty(); }

  std::span<const std::uint8_t> take(std::size_t size) noexcept {
    const auto taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  std::size_t number(std::size_t size) noexcept {
    auto value = std::size_t{0};
    for (const auto byte : take(size))
      value = value << 8 | byte;
    return value;
  }

private:
  std::span<const std::uint8_t> rest_;
};

} // namespace cleartap::fuzz
