// A short list of names that many others are compared with. Refuses to know what the names are for.
#pragma once

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cleartap::masking {

/// Most of the others are let go by their first letter and their size.
template <std::size_t Count>
class name_list {
public:
  /// `names`: in lower case.
  consteval explicit name_list(const std::array<std::string_view, Count>& names) : names_{names} {
    for (const auto name : names)
      sizes_[place_of(name)] |= 1u << name.size();
  }

  /// Whether `name`, in any case, is one of them.
  constexpr bool has(std::string_view name) const noexcept {
    return !name.empty() && name.size() < size_max && (sizes_[place_of(name)] >> name.size() & 1) != 0 &&
           std::ranges::any_of(names_, [name](std::string_view other) { return equal_any_case(name, other); });
  }

private:
  static constexpr auto size_max = std::size_t{32};

  /// The same for both cases of a letter.
  static constexpr std::size_t place_of(std::string_view name) noexcept { return index_of(name[0]) % 32; }

  std::array<std::string_view, Count> names_;
  std::array<std::uint32_t, 32> sizes_{};
};

/// name_list_of({"a", "b"})
template <std::size_t Count>
consteval name_list<Count> name_list_of(const std::string_view (&names)[Count]) {
  return name_list<Count>{std::to_array(names)};
}

} // namespace cleartap::masking
