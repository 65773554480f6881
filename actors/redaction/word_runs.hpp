// Finds words that are long enough to open a provider's token or to be base64, by the bits of blocks. Refuses to know
// what they say.
#pragma once

#include "actors/redaction/byte_block.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cleartap::masking {

/// The shortest word that can open a token ("discord.com").
inline constexpr auto provider_word_min = std::size_t{11};

/// Letters, digits and what joins them to longer words.
template <class Lane>
Lane word_bytes(Lane bytes) noexcept {
  return bytes.folded().within('a', 'z') | bytes.within('0', '9') | bytes.within('-', '.') | bytes.is('_');
}

/// Those of tokens: some are written in base64, so that the words of one may be short.
template <class Lane>
Lane token_bytes(Lane bytes) noexcept {
  return bytes.folded().within('a', 'z') | bytes.within('-', '9') | bytes.is('_') | bytes.is('+');
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

/// Whether a run of a text is long enough for a token or base64, whose bytes are told together: for short texts, which
/// mostly have none.
[[gnu::flatten]] inline bool holds_long_run(std::string_view text) noexcept {
  auto runs = word_runs{};
  auto longs = std::uint64_t{0};
  for (auto at = std::size_t{0}; at < text.size(); at += block_size)
    longs |= runs.next(byte_block::read(text, at).bits([](auto bytes) { return token_bytes(bytes); }));
  return longs != 0;
}

struct run_bounds {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool may_join = false; // joints may be in it
};

/// Goes through the runs of at least provider_word_min bytes of a kind: `Kind::bytes(lane)` tells them, and
/// `Kind::joints(lane)` which of them join words. What is before `from` is no part of a run.
template <class Kind>
class run_search {
public:
  run_search(std::string_view text, std::size_t from) noexcept : text_{text}, next_{from} {}

  /// The next one; empty at the end of the text.
  run_bounds next() noexcept {
    while (longs_ == 0)
      if (!advance())
        return {text_.size(), text_.size()};
    const auto last = lowest_bit(longs_);
    const auto begin = block_ + last + 1 - provider_word_min;
    auto ends = ~bytes_ & bits_from(last);
    const auto may_join = begin < block_ || ends == 0 || (joints() & bits_from(begin - block_) & bits_below(ends)) != 0;
    for (; ends == 0; ends = ~bytes_)
      if (!advance())
        return {begin, text_.size(), true};
    longs_ &= bits_from(lowest_bit(ends));
    return {begin, block_ + lowest_bit(ends), may_join};
  }

private:
  [[gnu::flatten]] bool advance() noexcept {
    longs_ = 0;
    if (next_ >= text_.size())
      return false;
    block_ = next_;
    next_ += block_size;
    const auto block = byte_block::read(text_, block_);
    bytes_ = block.bits([](auto bytes) { return Kind::bytes(bytes); });
    longs_ = runs_.next(bytes_);
    return true;
  }

  /// Of the block: most have no run that is whole in it.
  std::uint64_t joints() noexcept {
    if (joints_of_ != block_)
      read_joints();
    return joints_;
  }

  [[gnu::flatten]] void read_joints() noexcept {
    joints_ = byte_block::read(text_, block_).bits([](auto bytes) { return Kind::joints(bytes); });
    joints_of_ = block_;
  }

  std::string_view text_;
  std::size_t next_;
  std::size_t block_ = 0;
  word_runs runs_;
  std::uint64_t bytes_ = 0;
  std::uint64_t joints_ = 0;
  std::size_t joints_of_ = static_cast<std::size_t>(-1); // the block that they are of
  std::uint64_t longs_ = 0;                              // of runs that were not given yet
};

/// What `find(at)` finds first behind one of the joints in [begin, end), which part the words of a longer one as in
/// "my-ghp_...".
template <class Kind, class Find>
auto find_behind_joints(std::string_view text, std::size_t begin, std::size_t end, Find find) noexcept
    -> decltype(find(begin)) {
  for (auto block = begin; block < end; block += block_size) {
    const auto bytes = byte_block::read(text.substr(0, end), block);
    auto joints = bytes.bits([](auto each) { return Kind::joints(each); });
    for (; joints != 0; joints &= joints - 1)
      if (auto found = find(block + lowest_bit(joints) + 1))
        return found;
  }
  return std::nullopt;
}

/// Find(text, at, cut), which finds the first of something at `at` or behind it, remembered until it is passed, for a
/// pass that goes through a text step by step.
template <auto Find>
class search_ahead {
public:
  search_ahead(std::string_view text, bool cut) noexcept : text_{text}, cut_{cut} { advance(0); }

  /// For a text that has nothing of the kind.
  explicit search_ahead(std::string_view text) noexcept : text_{text}, begin_{text.size()} {}

  /// Where the next one begins; the size of the text if there is none.
  std::size_t begin() const noexcept { return begin_; }

  /// Precondition: begin() is in the text.
  const auto& found() const noexcept { return *found_; }

  /// Looks for the next one at `at` or behind it.
  void advance(std::size_t at) noexcept {
    found_ = Find(text_, at, cut_);
    begin_ = found_ ? static_cast<std::size_t>(part_of(*found_).data() - text_.data()) : text_.size();
  }

private:
  static std::string_view part_of(std::string_view found) noexcept { return found; }

  template <class Found>
  static std::string_view part_of(const Found& found) noexcept {
    return found.part;
  }

  std::string_view text_;
  bool cut_ = false;
  decltype(Find(std::string_view{}, 0, false)) found_;
  std::size_t begin_ = 0;
};

} // namespace cleartap::masking
