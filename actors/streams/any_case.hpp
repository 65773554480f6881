// Compares names that HTTP takes in any case (RFC 9110, 5.1 and 8.4.1). Refuses to know locales.
#pragma once

#include <string_view>
#include <strings.h>

namespace cleartap {

inline bool begins_any_case(std::string_view text, std::string_view begin) noexcept {
  return text.size() >= begin.size() && strncasecmp(text.data(), begin.data(), begin.size()) == 0;
}

inline bool equal_any_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && begins_any_case(a, b);
}

} // namespace cleartap
