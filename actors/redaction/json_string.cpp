#include "actors/redaction/json_string.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"

#include <cstring>
#include <optional>

namespace cleartap::masking {

namespace {

constexpr auto replacement = char32_t{0xfffd};

/// Writes the UTF-8 of `point` at `to`; returns where it ends.
char* put_utf8(char* to, char32_t point) noexcept {
  const auto put = [&to](char32_t byte) { *to++ = static_cast<char>(byte); };
  const auto continued = [&](unsigned shift) { put(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    continued(0);
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    continued(6);
    continued(0);
  } else {
    put(0xf0 | point >> 18);
    continued(12);
    continued(6);
    continued(0);
  }
  return to;
}

/// The code unit of an escape "\uXXXX" that `text` starts with.
std::optional<char32_t> code_unit(std::string_view text) noexcept {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u')
    return std::nullopt;
  auto unit = char32_t{0};
  for (auto i = std::size_t{2}; i < 6; ++i) {
    if (!is_hex(text[i]))
      return std::nullopt;
    unit = unit << 4 | hex_value(text[i]);
  }
  return unit;
}

bool is_high_surrogate(char32_t unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(char32_t unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

/// An escape as it is read and written.
struct escape {
  std::size_t size; // of what it was written with
  char* end;        // of what was written
};

/// Writes the character of the escape "\uXXXX" at the start of `text`.
escape put_code_point(char* to, std::string_view text, char32_t unit) noexcept {
  if (is_high_surrogate(unit)) {
    const auto low = code_unit(text.substr(6));
    if (low && is_low_surrogate(*low))
      return {12, put_utf8(to, 0x10000 + ((unit - 0xd800) << 10) + (*low - 0xdc00))};
  }
  return {6, put_utf8(to, is_high_surrogate(unit) || is_low_surrogate(unit) ? replacement : unit)};
}

char unescaped_letter(char c) noexcept {
  switch (c) {
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return c;
  }
}

/// Writes what the escape at the start of `text` stands for, which never takes more bytes than the escape.
escape put_escape(char* to, std::string_view text) noexcept {
  if (const auto unit = code_unit(text))
    return put_code_point(to, text, *unit);
  if (text.size() < 2)
    return {text.size(), to};
  *to = unescaped_letter(text[1]);
  return {2, to + 1};
}

} // namespace

std::string json_unescaped(std::string_view content) {
  constexpr auto lane_size = std::size_t{16};
  auto out = std::string(content.size() + lane_size, '\0'); // whole lanes are copied
  auto* to = out.data();
  while (!content.empty()) {
    if (content[0] == '\\') {
      const auto [size, end] = put_escape(to, content);
      content.remove_prefix(size);
      to = end;
    } else if (content.size() < lane_size) {
      *to++ = content[0];
      content.remove_prefix(1);
    } else {
      const auto escapes = vector_lane::load(content.data()).is('\\').bits();
      const auto plain = escapes == 0 ? lane_size : lowest_bit(escapes);
      std::memcpy(to, content.data(), lane_size);
      content.remove_prefix(plain);
      to += plain;
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

void append_json_escaped(std::string& out, std::string_view text) {
  constexpr auto hex_digits = std::string_view{"0123456789abcdef"};
  for (auto c : text) {
    const auto byte = index_of(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 0xf];
    } else {
      out += c;
    }
  }
}

} // namespace cleartap::masking
