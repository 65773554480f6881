// Texts as others can read them: UTF-8, RFC 3339, base64. Refuses to know what they say.
#pragma once

#include "messages/capture.hpp"

#include <string>
#include <string_view>

namespace cleartap {

/// `bytes` if they are well-formed UTF-8, else a copy in which U+FFFD stands for every maximal ill-formed part
/// (Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts"). The result is at most three times as long.
[[nodiscard]] std::string well_formed_utf8(std::string_view bytes);

[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// In UTC with milliseconds, rounded down: "2026-11-23T07:19:50.123Z".
[[nodiscard]] std::string rfc3339(wall_time when);

/// RFC 4648, section 4, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

} // namespace cleartap
