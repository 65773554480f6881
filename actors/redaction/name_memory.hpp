// Short names of one text that were found to be harmless, because names repeat: most are judged once. Refuses to judge.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cleartap::masking {

/// Two words that overlap and the size tell a name from all others of up to name_size_max bytes, so that nothing is
/// taken for what it is not. A name has two places; the older one is given up.
class name_memory {
public:
  struct note {
    bool is_known = false;
    bool mark = false; // as it was added
  };

  note find(std::string_view name) const noexcept {
    if (name.empty() || name.size() > name_size_max)
      return {};
    const auto wanted = entry_of(name);
    const auto place = place_of(wanted);
    if (is_at(place, wanted))
      return {true, entries_[place].mark};
    return is_at(place ^ 1, wanted) ? note{true, entries_[place ^ 1].mark} : note{};
  }

  bool knows(std::string_view name) const noexcept { return find(name).is_known; }

  /// `mark`: what its finder wants to know of it.
  void add(std::string_view name, bool mark = false) noexcept {
    if (name.empty() || name.size() > name_size_max)
      return;
    auto known = entry_of(name);
    known.mark = mark;
    const auto place = place_of(known);
    if (is_used(place)) {
      entries_[place ^ 1] = entries_[place];
      used_ |= std::uint64_t{1} << (place ^ 1);
    }
    entries_[place] = known;
    used_ |= std::uint64_t{1} << place;
  }

private:
  static constexpr auto name_size_max = std::size_t{16};

  struct entry {
    std::uint64_t first;
    std::uint64_t last;
    std::uint32_t size;
    bool mark;
  };

  template <class Word>
  static entry words_of(std::string_view name) noexcept {
    Word first;
    Word last;
    std::memcpy(&first, name.data(), sizeof first);
    std::memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
    return {first, last, static_cast<std::uint32_t>(name.size()), false};
  }

  static entry entry_of(std::string_view name) noexcept {
    if (name.size() >= sizeof(std::uint64_t))
      return words_of<std::uint64_t>(name);
    if (name.size() >= sizeof(std::uint32_t))
      return words_of<std::uint32_t>(name);
    const auto byte = [name](std::size_t at) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(name[at]));
    };
    return {byte(0) << 8 | byte(name.size() / 2), byte(name.size() - 1), static_cast<std::uint32_t>(name.size()),
            false};
  }

  static std::size_t place_of(const entry& name) noexcept {
    constexpr auto spread = std::uint64_t{0x9e3779b97f4a7c15}; // Knuth's multiplicative hashing
    return static_cast<std::size_t>((name.first * spread ^ name.last) * spread >> 58);
  }

  bool is_used(std::size_t place) const noexcept { return (used_ >> place & 1) != 0; }

  bool is_at(std::size_t place, const entry& name) const noexcept {
    const auto& known = entries_[place];
    return is_used(place) && known.first == name.first && known.last == name.last && known.size == name.size;
  }

  std::array<entry, 64> entries_; // not initialised: used_ tells which are
  std::uint64_t used_ = 0;
};

} // namespace cleartap::masking
