// The structure, keys and types of JSON without its values. Refuses to keep anything that it does not understand.
#pragma once

#include "actors/redaction/policy.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace cleartap::masking {

struct dropped_json {
  std::string text;   // JSON without blanks, cut where `whole` ends
  bool whole = false; // the text was JSON to its end
};

/// One value or many. Scalars become marks of messages/dropped.hpp, in arrays equal ones that follow each other become
/// one; null and masks stay. Not longer than `text` by more than `longer_max`.
[[nodiscard]] dropped_json drop_json(std::string_view text, const redaction_policy& policy, std::size_t longer_max);

/// The mark for a value that travels as text, decoded.
[[nodiscard]] std::string_view mark_of_text(std::string_view value) noexcept;

} // namespace cleartap::masking
