// Finds the tokens of provider_forms.hpp in text of any kind. Refuses to know keys and formats.
#pragma once

#include "actors/redaction/patterns.hpp"
#include "actors/redaction/word_runs.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

/// Bytes behind a prefix from which a token that the end of a cut text has shortened is told.
inline constexpr auto cut_token_min = std::size_t{12};

/// The first token that begins at `from` or behind it. `cut`: the text goes on behind its end. A word of the text
/// bounds a token on both sides; "\n" and "%22" as their escapes stand before one are no part of it.
[[nodiscard]] std::optional<finding> find_provider(std::string_view text, std::size_t from, bool cut) noexcept;

/// find_provider(), remembered until it is passed, for a search that goes through a text step by step.
class provider_search {
public:
  provider_search(std::string_view text, bool cut) noexcept : text_{text}, cut_{cut} { advance(0); }

  /// For a text that has no word of provider_word_min bytes.
  explicit provider_search(std::string_view text) noexcept : text_{text}, begin_{text.size()} {}

  /// Where the next token begins; the size of the text if there is none.
  std::size_t begin() const noexcept { return begin_; }

  /// Precondition: begin() is in the text.
  const finding& found() const noexcept { return *found_; }

  /// Looks for the next token at `at` or behind it.
  void advance(std::size_t at) noexcept {
    found_ = find_provider(text_, at, cut_);
    begin_ = found_ ? static_cast<std::size_t>(found_->part.data() - text_.data()) : text_.size();
  }

private:
  std::string_view text_;
  bool cut_ = false;
  std::optional<finding> found_;
  std::size_t begin_ = 0;
};

} // namespace cleartap::masking
