// Masks what the patterns of the configuration match, beside a search of another kind that goes through the same text.
// Refuses to know that search.
#pragma once

#include "actors/redaction/mask_writer.hpp"
#include "actors/redaction/providers.hpp"

#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace cleartap::masking {

/// Without patterns it costs a comparison per step.
class own_search {
public:
  own_search(std::string_view text, const redaction_policy& policy) : text_{text}, found_{policy.find_own(text)} {
    advance();
  }

  /// Where the next match begins; past every text if there is none.
  std::size_t begin() const noexcept { return begin_; }

  /// Masks what is left of the match from `at` on, and with it what shows as secret by its own form and goes on behind
  /// the match: it would not be told any more. Returns where the search goes on. Precondition: `at` >= begin(), and
  /// all before `at` is written.
  std::size_t mask(std::size_t at, bool cut, mask_writer& out);

private:
  void advance() noexcept;
  finding reaching(std::size_t begin, std::size_t end, bool cut, const redaction_policy& policy);

  std::string_view text_;
  std::vector<finding> found_;
  std::optional<provider_search> providers_; // once there is a match
  std::size_t next_ = 0;                     // of found_
  std::size_t begin_ = std::numeric_limits<std::size_t>::max();
};

} // namespace cleartap::masking
