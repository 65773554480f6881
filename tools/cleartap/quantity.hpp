// Counts as people read them. Refuses to round what a program may read: that is in the JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cleartap {

/// "83.1 MB" for bytes (1,024-based), "12,408 exchanges" for all else.
[[nodiscard]] std::string quantity(double value, std::string_view unit);

/// "1.2 MB/s", "0.3 exchanges/s"; "-" if nothing passes.
[[nodiscard]] std::string speed(double per_second, std::string_view unit);

/// "12,408"
[[nodiscard]] std::string grouped(std::uint64_t value);

} // namespace cleartap
