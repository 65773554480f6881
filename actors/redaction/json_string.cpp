#include "actors/redaction/json_string.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <optional>

namespace cleartap::masking {

namespace {

constexpr auto replacement = char32_t{0xfffd};

void append_utf8(std::string& out, char32_t point) {
  const auto continued = [&](unsigned shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    continued(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    continued(6);
    continued(0);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    continued(12);
    continued(6);
    continued(0);
  }
}

/// The code unit of an escape "\uXXXX" that `text` starts with.
std::optional<char32_t> code_unit(std::string_view text) noexcept {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u' || !std::ranges::all_of(text.substr(2, 4), is_hex))
    return std::nullopt;
  auto unit = char32_t{0};
  for (auto c : text.substr(2, 4))
    unit = unit << 4 | hex_value(c);
  return unit;
}

bool is_high_surrogate(char32_t unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(char32_t unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

/// Appends the character of the escape "\uXXXX" at the start of `text`; returns the size of what it was written with.
std::size_t append_code_point(std::string& out, std::string_view text, char32_t unit) {
  if (is_high_surrogate(unit)) {
    const auto low = code_unit(text.substr(6));
    if (low && is_low_surrogate(*low)) {
      append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (*low - 0xdc00));
      return 12;
    }
  }
  append_utf8(out, is_high_surrogate(unit) || is_low_surrogate(unit) ? replacement : unit);
  return 6;
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

/// Appends what the escape at the start of `text` stands for; returns its size.
std::size_t append_escape(std::string& out, std::string_view text) {
  if (const auto unit = code_unit(text))
    return append_code_point(out, text, *unit);
  if (text.size() < 2)
    return text.size();
  out += unescaped_letter(text[1]);
  return 2;
}

} // namespace

std::string json_unescaped(std::string_view content) {
  auto out = std::string{};
  out.reserve(content.size());
  while (!content.empty()) {
    const auto plain = std::min(content.find('\\'), content.size());
    out += content.substr(0, plain);
    content.remove_prefix(plain);
    if (!content.empty())
      content.remove_prefix(append_escape(out, content));
  }
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
