// Where the strings of a JSON text end, and which of them need a closer look. Refuses to know keys, structure and
// secrets.
#pragma once

#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/word_runs.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cleartap::masking {

/// A string as it stands in the text.
struct json_string {
  std::string_view content; // between the quotes
  std::size_t end = 0;      // index behind the closing quote
  bool closed = false;
  bool escaped = false; // a backslash is in it
  bool noticed = false; // look at its string_marks; else it has none

  /// Whether it is whole and there is nothing to look at.
  bool is_plain() const noexcept { return closed && !escaped && !noticed; }
};

/// As much as most strings need.
struct simple_string {
  std::size_t end = 0;  // index behind the closing quote
  bool noticed = false; // it is worth a look
};

/// What is in a string that may belong to a secret.
struct string_marks {
  std::size_t digits = 0;
  bool key = false;     // what separates keys from values, a tag, what is encoded, or the 'J' of "eyJ"
  bool dash = false;    // of a private key
  bool contact = false; // of an e-mail address
  bool word = false;    // long enough for a provider's token
  bool run = false;     // long enough for base64 that is looked into
  bool hidden = false;  // an escape such as "\\u" or "\\/" that may stand for any byte; then the others are not told

  bool may_hold_number() const noexcept; // a card or social security number, whole

  /// Whether there may be a contact in `string`, whose marks these are, that is not digits enough for a number.
  bool may_hold_contact(const json_string& string) const noexcept;

  /// Whether `string`, whose marks these are, must be looked at for what is neither a contact nor a provider's token
  /// nor base64.
  /// `cut`: it goes on behind its end.
  bool may_hold_secret(const json_string& string, bool cut) const noexcept;
};

[[nodiscard]] string_marks marks_of(const json_string& string) noexcept;

/// Reads the strings of one text, the next behind the one before, and looks at each block of the text once.
class json_scanner {
public:
  /// `all`: every string that is not empty is noticed.
  explicit json_scanner(std::string_view text, bool all = false) noexcept : text_{text}, all_{all} {}

  /// The string whose opening quote, of either kind, is text[at].
  [[nodiscard]] json_string read_string(std::size_t at) noexcept;

  /// The same if the string is closed and nothing in it is escaped; else its end is `at`.
  [[nodiscard]] simple_string read_simple(std::size_t at) noexcept {
    auto noticed = std::uint64_t{0};
    for (auto end = at + 1; end < text_.size();) {
      const auto offset = end % block_size;
      const auto& block = enter(end - offset);
      const auto ahead = bits_from(offset);
      const auto stops = block.ends & ahead;
      noticed |= block.noticed & ahead & bits_below(stops);
      end += lowest_bit(stops | bits_from(block_size - 1)) - offset + 1;
      if (stops != 0)
        return {text_[end - 1] == text_[at] ? end : at, noticed != 0};
    }
    return {at, false};
  }

private:
  struct block_marks {
    std::size_t begin = static_cast<std::size_t>(-1);
    std::uint64_t ends = 0; // quotes and backslashes
    std::uint64_t noticed = 0;
  };

  const block_marks& enter(std::size_t block) noexcept {
    return block == entered_.begin ? entered_ : enter_other(block);
  }
  const block_marks& enter_other(std::size_t block) noexcept;
  void classify(std::size_t block) noexcept;

  std::string_view text_;
  bool all_;
  block_marks entered_;
  block_marks before_; // the one before that was entered: what begins there is read again if it is not plain
  word_runs runs_;
};

} // namespace cleartap::masking
