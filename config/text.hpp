// What may be in the text of a configuration, and how such text is shown in a message. Refuses to know YAML.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

/// The index of the first byte that is not well-formed UTF-8 (RFC 3629) or that starts a control character other than
/// tab, line feed and carriage return. YAML 1.2 excludes these (section 5.1), yaml-cpp lets them through.
[[nodiscard]] std::optional<std::size_t> find_unprintable(std::string_view text) noexcept;

inline constexpr std::size_t shown_max = 64; // bytes of a user's text in one message

/// `text` on one line, safe for a terminal: at most `shown_max` bytes of it, then "..."; unprintable text is escaped.
[[nodiscard]] std::string shown(std::string_view text);

} // namespace cleartap
