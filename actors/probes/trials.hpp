// Tries what cleartap needs of this kernel and these permissions, one by one. Refuses to guess from version numbers.
#pragma once

#include <string>
#include <vector>

namespace cleartap {

enum class trial_outcome : std::uint8_t {
  granted,
  refused,   // another way does the same
  impossible // cleartap cannot capture without it
};

struct trial {
  std::string what;
  trial_outcome outcome = trial_outcome::granted;
  std::string detail; // what was found or why it was refused
  std::string mend;   // empty if granted or nothing can be done
};

/// In the order in which a person should read them. Takes about a second.
[[nodiscard]] std::vector<trial> try_everything();

} // namespace cleartap
