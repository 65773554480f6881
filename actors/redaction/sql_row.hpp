// Finds the sensitive values of the rows of SQL by the names of their columns, which are listed before them:
// "INSERT INTO users (name, password) VALUES ('ann', 'hunter2'), ('bob', 'x')". Refuses to know other statements.
#pragma once

#include "actors/redaction/policy.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

namespace cleartap::masking {

class sql_row {
public:
  sql_row(std::string_view text, const redaction_policy& policy) noexcept : text_{text}, policy_{&policy} {}

  /// A '(' is at `at`: the first row, if columns are listed before it, or the next one.
  void enter(std::size_t at);

  /// Where the next sensitive value begins, without its quotes; behind every text if there is none.
  std::size_t begin() const noexcept { return begin_; }
  std::string_view part() const noexcept { return part_; }
  redaction_class kind() const noexcept { return *kind_; }

  /// Looks for the one behind it.
  void advance();

private:
  static constexpr auto none = std::numeric_limits<std::size_t>::max();

  void find(std::size_t at);

  std::string_view text_;
  const redaction_policy* policy_;
  std::string_view columns_;      // as listed
  std::string_view columns_left_; // behind that of part_
  std::size_t begin_ = none;
  std::size_t end_ = 0; // of the value at begin_, or of the row
  std::string_view part_;
  std::optional<redaction_class> kind_;
};

} // namespace cleartap::masking
