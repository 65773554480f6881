// Concrete paths to shapes: segments that are numbers or identifiers become typed placeholders. Refuses to know other
// paths: the shape of a path depends on that path alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

/// What a placeholder stands for.
enum class segment_type : std::uint8_t {
  integer, // decimal digits, perhaps after '-'
  uuid,
  hex,      // 24, 32, 40 or 64 hex digits, letters and decimal digits among them
  redacted, // "[REDACTED:<class>]", perhaps with other text around it, or "[DROPPED:id]"
  rest      // all that is beyond segments_max or shape_size_max
};

inline constexpr auto segment_types =
    std::array<std::string_view, 5>{"{int}", "{uuid}", "{hex}", "{redacted}", "{rest}"};

inline constexpr auto segments_max = std::size_t{64};
inline constexpr auto shape_size_max = std::size_t{2048}; // bytes, without a final "/{rest}"

/// The shape of a request's path without its query: "/users/42" gives "/users/{int}". Literal segments are normalised
/// (RFC 3986 section 6.2.2): octets that may stand for themselves do, all others are percent-encoded, '{' and '}' among
/// them, so that a shape is ASCII and its braces are placeholders. An empty path is "/"; "*" stays (RFC 9112 section
/// 3.2.4). What exceeds a limit ends the shape with "/{rest}".
[[nodiscard]] std::string path_shape(std::string_view path);

/// The type of a segment of a shape, or nothing if it is a literal.
[[nodiscard]] std::optional<segment_type> placeholder_type(std::string_view segment) noexcept;

/// Whether path_shape can return `text`.
[[nodiscard]] bool is_path_shape(std::string_view text);

/// Calls `visit(segment)` for what stands between the slashes of a shape, not at all for "*".
template <class Visit>
void for_each_segment(std::string_view shape, Visit&& visit) {
  while (shape.starts_with('/')) {
    shape.remove_prefix(1);
    const auto segment = shape.substr(0, shape.find('/'));
    visit(segment);
    shape.remove_prefix(segment.size());
  }
}

} // namespace cleartap
