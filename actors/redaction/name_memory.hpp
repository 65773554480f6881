// Short names that were found to be harmless, because names repeat, and mostly in the same order. Refuses to judge.
#pragma once

#include "actors/redaction/byte_block.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cleartap::masking {

/// Names are compared in full, so that nothing is taken for what it is not. A name has two places; the older one is
/// given up. Names of more than name_size_max bytes, and empty ones, are never known.
class name_memory {
public:
  static constexpr auto name_size_max = std::size_t{30};

  struct note {
    bool is_known = false;
    bool mark = false; // as it was added
  };

  note find(std::string_view name) noexcept {
    if (name.empty() || name.size() > name_size_max)
      return {};
    auto place = place_of(name);
    if (!is_at(place, name) && !is_at(place ^= 1, name))
      return {};
    arrive(place);
    return {true, infos_[place].mark};
  }

  bool knows(std::string_view name) noexcept { return find(name).is_known; }

  /// `mark`: what its finder wants to know of it.
  void add(std::string_view name, bool mark = false) noexcept {
    if (name.empty() || name.size() > name_size_max)
      return;
    const auto place = place_of(name);
    texts_[place ^ 1] = texts_[place];
    infos_[place ^ 1] = infos_[place];
    auto& text = texts_[place].bytes;
    text = {};
    std::memcpy(text.data(), name.data(), name.size());
    text[name.size()] = '"';
    text[name.size() + 1] = ':';
    infos_[place] = {static_cast<std::uint8_t>(name.size()), mark, 0};
    arrive(place);
  }

  /// The size of the name that begins at text[at], with a quote, a colon and at least two more bytes behind it, if it
  /// is the one that followed the last one before; else 0. Such a name is found in a few instructions.
  std::size_t guess(std::string_view text, std::size_t at) noexcept {
    const auto place = infos_[last_].next;
    const auto size = std::size_t{infos_[place].size};
    if (size == 0 || text.size() - at < stored_size + 2)
      return 0;
    const auto* const known = texts_[place].bytes.data();
    const auto* const here = text.data() + at;
    const auto same = vector_lane::load(here).is(vector_lane::load(known)).bits() |
                      vector_lane::load(here + 16).is(vector_lane::load(known + 16)).bits() << 16;
    if ((same | bits_from(size + 2)) != ~std::uint64_t{0})
      return 0;
    last_ = place;
    return size;
  }

  /// That of the last name that was found, guessed or added.
  bool mark() const noexcept { return infos_[last_].mark; }

private:
  static constexpr auto stored_size = name_size_max + 2;
  static constexpr auto place_bits = 8;

  struct alignas(stored_size) stored_name {
    std::array<char, stored_size> bytes{}; // the name and "\":"
  };

  struct info {
    std::uint8_t size = 0; // of the name; 0: none is here
    bool mark = false;
    std::uint8_t next = 0; // place of the name that came after it last
  };

  template <class Word>
  static Word word_at(const char* at) noexcept {
    Word out;
    std::memcpy(&out, at, sizeof out);
    return out;
  }

  static bool is_same(const char* a, const char* b, std::size_t size) noexcept {
    if (size < sizeof(std::uint32_t))
      return a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1];
    if (size < sizeof(std::uint64_t))
      return word_at<std::uint32_t>(a) == word_at<std::uint32_t>(b) &&
             word_at<std::uint32_t>(a + size - 4) == word_at<std::uint32_t>(b + size - 4);
    for (auto at = std::size_t{0}; at + 8 < size; at += 8)
      if (word_at<std::uint64_t>(a + at) != word_at<std::uint64_t>(b + at))
        return false;
    return word_at<std::uint64_t>(a + size - 8) == word_at<std::uint64_t>(b + size - 8);
  }

  bool is_at(std::size_t place, std::string_view name) const noexcept {
    return infos_[place].size == name.size() && is_same(texts_[place].bytes.data(), name.data(), name.size());
  }

  /// By its two ends and its size.
  static std::size_t place_of(std::string_view name) noexcept {
    const auto byte = [name](std::size_t at) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(name[at]));
    };
    auto first = byte(0) << 8 | byte(name.size() / 2);
    auto last = byte(name.size() - 1);
    if (name.size() >= sizeof(std::uint64_t)) {
      first = word_at<std::uint64_t>(name.data());
      last = word_at<std::uint64_t>(name.data() + name.size() - 8);
    } else if (name.size() >= sizeof(std::uint32_t)) {
      first = word_at<std::uint32_t>(name.data());
      last = word_at<std::uint32_t>(name.data() + name.size() - 4);
    }
    constexpr auto spread = std::uint64_t{0x9e3779b97f4a7c15}; // Knuth's multiplicative hashing
    return static_cast<std::size_t>(((first * spread ^ last) + name.size()) * spread >> (64 - place_bits));
  }

  void arrive(std::size_t place) noexcept {
    infos_[last_].next = static_cast<std::uint8_t>(place);
    last_ = place;
  }

  std::array<stored_name, std::size_t{1} << place_bits> texts_{};
  std::array<info, std::size_t{1} << place_bits> infos_{};
  std::size_t last_ = 0;
};

} // namespace cleartap::masking
