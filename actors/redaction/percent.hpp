// Undoes the percent-encoding of URLs (RFC 3986 section 2.1) and of forms. Refuses to split them.
#pragma once

#include <string>
#include <string_view>

namespace cleartap::masking {

/// '+' becomes a blank, as in forms; a '%' without two hex digits stays.
[[nodiscard]] std::string percent_decoded(std::string_view text);

inline bool is_percent_encoded(std::string_view text) noexcept {
  return text.find_first_of("%+") != std::string_view::npos;
}

} // namespace cleartap::masking
