#include "actors/inventory/path_shape.hpp"

#include "actors/inventory/ascii.hpp"
#include "actors/inventory/text_format.hpp"

#include <algorithm>

namespace cleartap {

namespace {

/// RFC 3986 section 2.3.
bool is_unreserved(char c) noexcept { return is_alnum(c) || is_one_of(c, "-._~"); }

/// RFC 3986 pchar without percent-encoding.
bool is_path_char(char c) noexcept { return is_unreserved(c) || is_one_of(c, "!$&'()*+,;=:@"); }

void append_encoded(std::string& out, char c) {
  constexpr auto digits = std::string_view{"0123456789ABCDEF"};
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

std::string normalised(std::string_view segment) {
  auto out = std::string{};
  out.reserve(segment.size());
  for (auto i = std::size_t{0}; i < segment.size(); ++i) {
    const auto c = segment[i];
    if (starts_with_escape(segment.substr(i))) {
      const auto decoded = unescaped(segment.substr(i));
      if (is_unreserved(decoded))
        out += decoded;
      else
        append_encoded(out, decoded);
      i += 2;
    } else if (is_path_char(c)) {
      out += c;
    } else {
      append_encoded(out, c);
    }
  }
  return out;
}

bool is_integer(std::string_view segment) noexcept {
  if (segment.starts_with('-'))
    segment.remove_prefix(1);
  return !segment.empty() && std::ranges::all_of(segment, is_digit);
}

/// Digits alone are a number, letters alone may be a word.
bool is_hex_id(std::string_view segment) noexcept {
  const auto size = segment.size();
  return (size == 24 || size == 32 || size == 40 || size == 64) && std::ranges::all_of(segment, is_hex_digit) &&
         std::ranges::any_of(segment, is_digit) && !std::ranges::all_of(segment, is_digit);
}

std::optional<segment_type> identifier_type(std::string_view segment) noexcept {
  if (is_integer(segment))
    return segment_type::integer;
  if (is_uuid(segment))
    return segment_type::uuid;
  if (is_hex_id(segment))
    return segment_type::hex;
  if (segment.starts_with("%5BDROPPED:integer%5D"))
    return segment_type::integer;
  if (segment.starts_with("%5BDROPPED:uuid%5D"))
    return segment_type::uuid;
  if (segment.starts_with("%5BDROPPED:hex%5D"))
    return segment_type::hex;
  if (segment.find("%5BREDACTED:") != std::string_view::npos || segment.starts_with("%5BDROPPED:"))
    return segment_type::redacted;
  return std::nullopt;
}

std::string_view placeholder(segment_type type) noexcept { return segment_types[static_cast<std::size_t>(type)]; }

/// The segment as it stands in a shape.
std::string shaped(std::string_view segment) {
  auto text = normalised(segment);
  if (const auto type = identifier_type(text))
    return std::string{placeholder(*type)};
  return text;
}

} // namespace

std::string path_shape(std::string_view path) {
  if (path == "*")
    return "*";
  if (path.starts_with('/'))
    path.remove_prefix(1);
  auto out = std::string{};
  for (auto count = std::size_t{1};; ++count) {
    const auto raw = path.substr(0, path.find('/'));
    const auto segment = raw.size() <= shape_size_max ? shaped(raw) : std::string{};
    if (count > segments_max || raw.size() > shape_size_max || out.size() + 1 + segment.size() > shape_size_max)
      return out.append("/").append(placeholder(segment_type::rest));
    out.append("/").append(segment);
    if (raw.size() == path.size())
      return out;
    path.remove_prefix(raw.size() + 1);
  }
}

std::optional<segment_type> placeholder_type(std::string_view segment) noexcept {
  const auto found = std::ranges::find(segment_types, segment);
  if (found == segment_types.end())
    return std::nullopt;
  return static_cast<segment_type>(found - segment_types.begin());
}

bool is_path_shape(std::string_view text) {
  if (text == "*")
    return true;
  constexpr auto rest_size = segment_types.back().size() + 1;
  auto valid = text.starts_with('/') && text.size() <= shape_size_max + rest_size;
  auto count = std::size_t{0};
  auto ended = false; // nothing may follow {rest}
  for_each_segment(text, [&](std::string_view segment) {
    const auto type = placeholder_type(segment);
    valid = valid && !ended && (type || shaped(segment) == segment);
    ended = type == segment_type::rest;
    ++count;
  });
  return valid && count <= segments_max + 1 && (ended || (count <= segments_max && text.size() <= shape_size_max));
}

} // namespace cleartap
