// What the text of a single value looks like: its format, its type, what redaction left of it. Refuses to keep values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

/// The formats of JSON Schema and OpenAPI that are told from text; none is a form of another. `password` is known from
/// redaction alone.
enum class string_format : std::uint8_t { date_time, date, uuid, email, uri, ipv4, password };

inline constexpr auto string_format_names =
    std::array<std::string_view, 7>{"date-time", "date", "uuid", "email", "uri", "ipv4", "password"};

/// Longer text has no format.
inline constexpr auto format_size_max = std::size_t{2048};

/// RFC 3339 (date-time, date), RFC 9562 (uuid), RFC 5321 without quoting (email), RFC 3986 with an authority (uri),
/// dotted decimal (ipv4).
[[nodiscard]] std::optional<string_format> format_of(std::string_view text) noexcept;

enum class text_type : std::uint8_t { integer, number, boolean, string };

/// How a value that travels as text would be written in JSON. "007" is a string: as a number it would lose its zeros.
[[nodiscard]] text_type type_of(std::string_view text) noexcept;

/// The classes of "[REDACTED:<class>]", in the order of their bits in string_evidence. The last is every other class.
inline constexpr auto redaction_classes = std::array<std::string_view, 16>{
    "password", "secret", "token", "apikey", "authorization", "session", "card",   "ssn",
    "provider", "jwt",    "pem",   "url",    "email",         "phone",   "custom", "other"};

struct redaction_mark {
  std::size_t index = 0; // into redaction_classes
  bool whole = false;    // nothing is left beside the mark
};

/// The first mark in `text`, or nothing if redaction left the value alone.
[[nodiscard]] std::optional<redaction_mark> redaction_in(std::string_view text) noexcept;

/// 8-4-4-4-12 hex digits.
[[nodiscard]] bool is_uuid(std::string_view text) noexcept;

/// Undoes application/x-www-form-urlencoded; a '%' without two hex digits stays.
[[nodiscard]] std::string decode_form(std::string_view text);

} // namespace cleartap
