// Finds the places of a text that must be looked at: where a key, a tag, a pattern or a contact may be noticed. Refuses
// to tell which of them it is.
#pragma once

#include "actors/redaction/byte_block.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cleartap::masking {

class text_signs {
public:
  /// `cut`: the text goes on behind its end.
  text_signs(std::string_view text, bool cut) noexcept : text_{text}, cut_{cut} {}

  /// The first such place at `at` or behind it; the size of the text if there is none.
  std::size_t next(std::size_t at) noexcept {
    while (at < text_.size()) {
      const auto offset = at % block_size;
      if (block_ != at - offset)
        classify(at - offset);
      if (const auto ahead = signs_ & bits_from(offset); ahead != 0)
        return block_ + lowest_bit(ahead);
      at += block_size - offset;
    }
    return text_.size();
  }

private:
  void classify(std::size_t at) noexcept;
  std::uint64_t numbers(const byte_block& block, std::size_t at) const noexcept;

  std::string_view text_;
  bool cut_;
  std::size_t block_ = static_cast<std::size_t>(-1); // where the one that was looked at begins
  std::uint64_t signs_ = 0;
};

} // namespace cleartap::masking
