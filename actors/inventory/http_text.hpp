// Texts that documents show for statuses. Knows nothing of evidence.
#pragma once

#include <string>
#include <string_view>

namespace cleartap {

/// The phrase of the IANA registry for a status in decimal, else "Status 299".
[[nodiscard]] std::string reason_phrase(std::string_view status);

} // namespace cleartap
