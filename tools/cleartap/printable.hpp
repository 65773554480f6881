// Text from elsewhere on a terminal. Refuses to know where it is from.
#pragma once

#include <string>

namespace cleartap {

/// With '?' for control characters, which could move the cursor or rewrite what stands above.
[[nodiscard]] inline std::string printable(std::string line) {
  for (auto& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return line;
}

} // namespace cleartap
