#include "actors/redaction/keyed_value.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/mask.hpp"

#include <algorithm>
#include <array>

namespace cleartap::masking {

namespace {

constexpr auto escapes_max = 8; // backslashes before the quote of a key

constexpr auto key_chars = [] {
  auto table = std::array<bool, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i) {
    const auto c = static_cast<char>(i);
    table[i] = is_alnum(c) || i >= 0x80 || is_one_of(c, "_-.$[]%@+*");
  }
  return table;
}();

template <class Skips>
std::size_t skip_back(std::string_view text, std::size_t at, std::size_t floor, Skips skips) noexcept {
  while (at > floor && skips(text[at - 1]))
    --at;
  return at;
}

std::size_t name_begin(std::string_view text, std::size_t end, std::size_t floor) noexcept {
  const auto lowest = std::max(floor, end - std::min(end, text_key_size_max));
  return skip_back(text, end, lowest, [](char c) { return key_chars[index_of(c)]; });
}

/// The name between quotes; `end` is where its closing quote is.
text_key quoted_key(std::string_view text, std::size_t end, std::size_t floor) noexcept {
  const auto quote = text[end];
  for (auto i = 0; i < escapes_max && end > floor && text[end - 1] == '\\'; ++i)
    --end;
  const auto lowest = std::max(floor, end - std::min(end, text_key_size_max));
  auto begin = end;
  while (begin > lowest && text[begin - 1] != quote && text[begin - 1] != '\n')
    --begin;
  auto key = text_key{};
  key.name = text.substr(begin, end - begin);
  key.quoted = true;
  return key;
}

bool opens_line(std::string_view text, std::size_t begin) noexcept {
  begin = skip_back(text, begin, 0, is_blank);
  if (begin > 0 && text[begin - 1] == '-') // an item of a YAML list
    begin = skip_back(text, begin - 1, 0, is_blank);
  return begin == 0 || text[begin - 1] == '\n' || text[begin - 1] == '\r';
}

std::size_t line_end(std::string_view text, std::size_t at) noexcept {
  return std::min(text.find('\n', at), text.size());
}

std::string_view between(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  while (end > begin && is_space(text[end - 1]))
    --end;
  return text.substr(begin, end - begin);
}

/// The value whose opening quote is at `begin`, itself behind as many backslashes as the closing one is.
std::string_view quoted_value(std::string_view text, std::size_t begin) noexcept {
  const auto escaped = text[begin] == '\\';
  const auto first = begin + (escaped ? 2 : 1);
  const auto quote = text[first - 1];
  auto end = first;
  for (; end < text.size(); ++end) {
    const auto next = end + 1 < text.size() ? text[end + 1] : '\0';
    if (escaped ? text[end] == '\\' && next == quote : text[end] == quote && next != quote)
      break;
    if (text[end] == '\\' || text[end] == quote)
      ++end;
  }
  end = std::min(end, text.size());
  auto rest = std::min(end + (escaped ? 2 : 1), text.size());
  const auto closed = rest == text.size() || is_space(text[rest]) || is_one_of(text[rest], "\"'`,;:&|)}]<>/?\\");
  if (closed || end == text.size())
    return text.substr(first, end - first);
  while (rest < text.size() && !is_space(text[rest]))
    ++rest;
  return text.substr(begin, rest - begin); // text goes on behind the quote: it was part of the value
}

std::string_view bracketed_value(std::string_view text, std::size_t begin) noexcept {
  auto depth = std::size_t{0};
  auto quoted = false;
  for (auto i = begin; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && is_one_of(text[i], "{["))
      ++depth;
    else if (!quoted && is_one_of(text[i], "}]") && --depth == 0)
      return text.substr(begin, i + 1 - begin);
  }
  return text.substr(begin);
}

std::size_t indent_of(std::string_view text, std::size_t line) noexcept {
  auto end = line;
  while (end < text.size() && (is_blank(text[end]) || (text[end] == '-' && text.substr(end + 1).starts_with(' '))))
    ++end;
  return end - line;
}

/// The lines below the one with `at` that are indented deeper than `at`'s.
std::string_view block_value(std::string_view text, std::size_t at) noexcept {
  const auto before = text.substr(0, at).rfind('\n');
  const auto indent = indent_of(text, before == std::string_view::npos ? 0 : before + 1);
  auto begin = std::min(line_end(text, at) + 1, text.size());
  auto end = begin;
  while (end < text.size()) {
    const auto next = line_end(text, end);
    if (!trimmed(text.substr(end, next - end)).empty() && indent_of(text, end) <= indent)
      break;
    end = std::min(next + 1, text.size());
  }
  while (begin < end && is_space(text[begin]))
    ++begin;
  return between(text, begin, end);
}

/// Whether a value on the line at `begin` is left to the lines below: it is empty or the header of a YAML block. Looks
/// no further than it must: a line may be the whole text.
bool is_below(std::string_view text, std::size_t begin) noexcept {
  const auto skip = [&](std::size_t at, std::string_view set) {
    return std::min(text.find_first_not_of(set, at), text.size());
  };
  const auto ends = [&](std::size_t at) { return at == text.size() || text[at] == '\n'; };
  const auto first = skip(begin, " \t\r");
  if (ends(first) || !is_one_of(text[first], "|>"))
    return ends(first);
  return ends(skip(skip(first + 1, "+-0123456789"), " \t\r"));
}

std::string_view bare_value(std::string_view text, std::size_t begin, const text_key& key, bool parted) noexcept {
  const auto to = [&](std::string_view ends) {
    return between(text, begin, std::min(text.find_first_of(ends, begin), text.size()));
  };
  if (key.quoted)
    return to(",}]\n");
  if (!key.opens_line && !parted)
    return to(" \t\r\n&\"<>");
  const auto line = text.substr(0, line_end(text, begin));
  return between(line, begin, std::min(line.find("</", begin), line.size()));
}

/// Whether an '@' comes before what ends a URL; most have none.
[[gnu::flatten]] bool has_at_sign(std::string_view text) noexcept {
  for (auto at = std::size_t{0}; at < text.size(); at += block_size) {
    const auto block = byte_block::read(text, at);
    const auto signs = block.bits([](auto bytes) { return bytes.is('@'); });
    const auto ends = block.bits([](auto bytes) {
      return bytes.within('\t', '\n') | bytes.is('\r') | bytes.is(' ') | bytes.is('"') | bytes.is('\'') |
             bytes.is('<') | bytes.is('>');
    });
    if ((signs | ends) != 0)
      return (signs & bits_below(ends)) != 0;
  }
  return false;
}

} // namespace

text_key key_before(std::string_view text, std::size_t at, std::size_t floor) noexcept {
  auto end = skip_back(text, at, floor, is_blank);
  const auto indexed = end > floor + 1 && text[end - 1] == ']' && is_quote(text[end - 2]); // form['password']
  const auto last = end - (indexed ? 2 : 1);
  if (end > floor && is_quote(text[last]))
    return quoted_key(text, last, floor);
  const auto begin = name_begin(text, end, floor);
  auto key = text_key{};
  key.name = text.substr(begin, end - begin);
  key.opens_line = opens_line(text, begin);
  if (begin > floor + 1 && text[begin - 1] == ' ') {
    const auto word = name_begin(text, begin - 1, floor);
    key.before = text.substr(word, begin - 1 - word);
  }
  key.in_path = begin > 0 && text[begin - 1] == '/';
  return key;
}

std::string_view value_after(std::string_view text, std::size_t at, const text_key& key) noexcept {
  auto begin = at + 1;
  while (begin < text.size() && is_one_of(text[begin], ":=>"))
    ++begin;
  const auto parted = begin < text.size() && is_blank(text[begin]) && text[at] == ':';
  while (begin < text.size() && is_blank(text[begin]))
    ++begin;
  const auto rest = text.substr(begin);
  if (is_below(text, begin))
    return text[at] == ':' && !rest.empty() ? block_value(text, begin) : text.substr(begin, 0);
  if (const auto size = mask_size(rest))
    return rest.substr(0, size);
  if (is_quote(rest[0]) || (rest.size() > 1 && rest[0] == '\\' && is_quote(rest[1])))
    return quoted_value(text, begin);
  if (is_one_of(rest[0], "{["))
    return bracketed_value(text, begin);
  return bare_value(text, begin, key, parted);
}

std::string_view userinfo_after(std::string_view text, std::size_t at) noexcept {
  const auto rest = text.substr(at + 3, authority_size_max);
  if (!has_at_sign(rest))
    return {};
  auto authority = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>/?#"));
  const auto colon = authority.find(':');
  const auto has_port = colon == std::string_view::npos || std::ranges::all_of(authority.substr(colon + 1), is_digit);
  if (authority.find('@') == std::string_view::npos && !has_port && !authority.starts_with('['))
    authority = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>")); // a password with a slash
  const auto end = authority.rfind('@');
  return authority.substr(0, end == std::string_view::npos ? 0 : end);
}

} // namespace cleartap::masking
