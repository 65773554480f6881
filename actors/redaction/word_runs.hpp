// Finds words that are long enough to open a provider's token, by the bits of blocks. Refuses to know tokens.
#pragma once

#include "actors/redaction/byte_block.hpp"

namespace cleartap::masking {

/// The shortest word that can open a token ("discord.com").
inline constexpr auto provider_word_min = std::size_t{11};

/// Letters, digits and what joins them to longer words.
template <class Lane>
Lane word_bytes(Lane bytes) noexcept {
  return bytes.folded().within('a', 'z') | bytes.within('0', '9') | bytes.within('-', '.') | bytes.is('_');
}

/// Block by block, the places where a run of words has reached provider_word_min bytes.
class word_runs {
public:
  /// Bit i: byte i is of a word, and so are the ten before it. `words`: bits of the block behind the one before.
  std::uint64_t next(std::uint64_t words) noexcept {
    const auto twos = words & shifted(words, words_, 1); // runs of two end here, and so on
    const auto fours = twos & shifted(twos, twos_, 2);
    const auto eights = fours & shifted(fours, fours_, 4);
    const auto elevens = eights & shifted(eights, eights_, provider_word_min - 8);
    words_ = words;
    twos_ = twos;
    fours_ = fours;
    eights_ = eights;
    return elevens;
  }

private:
  static std::uint64_t shifted(std::uint64_t bits, std::uint64_t before, std::size_t by) noexcept {
    return bits << by | before >> (block_size - by);
  }

  std::uint64_t words_ = 0; // of the block before, as above
  std::uint64_t twos_ = 0;
  std::uint64_t fours_ = 0;
  std::uint64_t eights_ = 0;
};

} // namespace cleartap::masking
