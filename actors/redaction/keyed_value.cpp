#include "actors/redaction/keyed_value.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/described_block.hpp"
#include "actors/redaction/mask.hpp"
#include "actors/redaction/name_list.hpp"

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

/// Whether a name is none but the end of base64, whose '=' it stands before.
bool is_data(std::string_view name) noexcept {
  constexpr auto size_min = std::size_t{48};
  return name.size() >= size_min && std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '+'; });
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

/// What var_dump() of PHP writes on the line below: string(7) "hunter2", int(17).
std::string_view dumped_value(std::string_view text, std::size_t at) noexcept {
  const auto begin = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  const auto line = text.substr(begin, line_end(text, begin) - begin);
  const auto open = line.find_first_of("\"(");
  const auto quote = line.find('"');
  if (quote != std::string_view::npos)
    return quoted_value(text, begin + quote);
  if (open == std::string_view::npos || !line.starts_with("int"))
    return text.substr(begin, 0);
  return text.substr(begin + open + 1, std::min(line.find(')'), line.size()) - open - 1);
}

/// Whether another pair begins at `at`: "Encrypt=true", "User Id=sa".
bool opens_pair(std::string_view text, std::size_t at) noexcept {
  constexpr auto size_max = std::size_t{40};
  const auto rest = text.substr(at, size_max);
  const auto name =
      rest.substr(0, rest.find_first_not_of(" .-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
  const auto last = name.size() == rest.size();
  return !trimmed(name).empty() && !last && rest[name.size()] == '=';
}

/// The end of a value between ';': where another pair or nothing follows.
std::size_t pair_end(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  for (auto at = text.find(';', begin); at < end; at = text.find(';', at + 1))
    if (at + 1 == end || opens_pair(text.substr(0, end), at + 1))
      return at;
  return end;
}

/// Whether the name at `begin` stands inside of braces that its line opens.
bool is_in_flow(std::string_view text, std::size_t begin) noexcept {
  const auto reach = std::min(begin, text_key_size_max);
  const auto before = text.substr(begin - reach, reach);
  const auto brace = before.find_last_of("{}\n");
  return brace != std::string_view::npos && before[brace] == '{';
}

/// The quote at or behind `begin` that closes what `quote` opened, on the same line; else the end of the line.
std::size_t closing_quote(std::string_view text, std::size_t begin, char quote) noexcept {
  const auto end = line_end(text, begin);
  for (auto at = text.find(quote, begin); at < end; at = text.find(quote, at + 1))
    if (at + 1 == text.size() || !is_alnum(text[at + 1]))
      return at;
  return end;
}

/// Without the "]]" of a CDATA section's or the "--" of a comment's end.
std::string_view without_ending(std::string_view text, std::string_view value) noexcept {
  const auto end = static_cast<std::size_t>(value.data() - text.data()) + value.size();
  const auto closes = text.substr(end).starts_with('>') && (value.ends_with("]]") || value.ends_with("--"));
  return value.substr(0, value.size() - (closes ? 2 : 0));
}

std::string_view bare_value(std::string_view text, std::size_t begin, const text_key& key, char separator,
                            bool word) noexcept {
  const auto to = [&](std::string_view ends) {
    return between(text, begin, std::min(text.find_first_of(ends, begin), text.size()));
  };
  const auto name_begin = static_cast<std::size_t>(key.name.data() - text.data());
  const auto parted = separator == ':' && begin > 0 && is_blank(text[begin - 1]);
  if (key.quoted)
    return to(",}]\n");
  if (word && (name_begin == 0 || is_one_of(key.lead, "?&")))
    return to("\r\n&\"<>");
  if (separator == ':' && is_one_of(key.lead, "{,") && is_in_flow(text, name_begin))
    return to(",}\n");
  if (is_quote(key.lead) && parted)
    return between(text, begin, closing_quote(text, begin, key.lead));
  if (!key.opens_line && !parted) {
    const auto value = without_ending(text, to(" \t\r\n&\"<>"));
    return key.lead == ';' ? value.substr(0, pair_end(text, begin, begin + value.size()) - begin) : value;
  }
  const auto line = text.substr(0, line_end(text, begin));
  return between(line, begin,
                 std::min({line.find("</", begin), line.find("-->", begin), line.find("]]>", begin), line.size()}));
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

bool follows_secret(std::string_view word) noexcept {
  constexpr auto words = name_list_of({"id", "confirmation", "key", "code", "number", "value", "hash", "again"});
  return std::ranges::all_of(word, is_digit) || words.has(word);
}

bool gives_value(std::string_view text, std::size_t at, const text_key& key, bool in_code) noexcept {
  const auto next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (text[at] == '=')
    return !in_code || !is_one_of(next, "=>");
  if (!key.opens_line && next == ':' && at + 2 < text.size() && is_alnum(text[at + 2]))
    return false;
  if (key.lead != ':')
    return true;
  const auto reach = std::min(at, text_key_size_max);
  const auto before = text.substr(at - reach, reach);
  const auto word = before.find_last_of(" \t\r\n\"'<>");
  return !before.substr(word == std::string_view::npos ? 0 : word + 1).starts_with("arn:");
}

bool is_harmless(const text_key& key, std::string_view value) noexcept {
  constexpr auto literals = std::to_array<std::string_view>({"true", "false", "null"});
  if (std::ranges::find(literals, value) != literals.end())
    return !is_quote(value.data()[-1]);
  if (value[0] == '/' && (key.name == "PWD" || key.name == "OLDPWD"))
    return true;
  const auto opens = value.starts_with("description:") || value.starts_with("type:") || value.starts_with("$ref:");
  if (!opens)
    return is_described_block(value);
  constexpr auto types = std::to_array<std::string_view>(
      {"type: string", "type: object", "type: array", "type: integer", "type: number", "type: boolean", "$ref: "});
  return std::ranges::any_of(types,
                             [value](std::string_view type) { return value.find(type) != std::string_view::npos; });
}

bool is_expression(std::string_view value) noexcept {
  constexpr auto modes =
      std::to_array<std::string_view>({"same-origin", "include", "omit"}); // of fetch()'s credentials
  if (is_quote(value.data()[-1]))                                          // perhaps the quote that closes "Password: "
    return is_one_of(value[0], "),;") || std::ranges::find(modes, value) != modes.end();
  return !is_digit(value[0]);
}

std::string_view text_key::whole() const noexcept {
  if (before.empty())
    return name;
  const auto both = name.data() + name.size() - before.data();
  return {before.data(), static_cast<std::size_t>(both)};
}

std::string_view words_before(std::string_view text, std::size_t at) noexcept {
  constexpr auto announcing = name_list_of({"id", "no", "nr", "nro", "num", "number", "ref", "code"});
  const auto is_joint = [](char c) noexcept { return is_one_of(c, " #/.:"); };
  const auto is_word = [](char c) noexcept { return is_alnum(c) || c == '_' || c == '-'; };
  const auto floor = at - std::min(at, text_key_size_max);
  const auto end = skip_back(text, at, floor, is_joint);
  const auto begin = skip_back(text, end, floor, is_word);
  const auto word = text.substr(begin, end - begin);
  if (end == at || word.empty())
    return {};
  if (!announcing.has(word))
    return word;
  const auto first = skip_back(text, skip_back(text, begin, floor, is_joint), floor, is_word);
  return text.substr(first, end - first);
}

std::string_view plain_key_before(std::string_view text, std::size_t at, std::size_t floor) noexcept {
  if (at == floor || text[at - 1] == ']') // of a mask or behind a quote
    return {};
  const auto begin = name_begin(text, at, floor);
  if (begin == at || begin <= floor + 1 || text[begin - 1] != ' ')
    return text.substr(begin, at - begin);
  const auto word = name_begin(text, begin - 1, floor);
  const auto first = word == begin - 1 ? begin : word;
  return text.substr(first, at - first);
}

text_key key_before(std::string_view text, std::size_t at, std::size_t floor) noexcept {
  auto end = skip_back(text, at, floor, is_blank);
  if (mask_size_at_end(text.substr(0, end)) != 0)
    return {}; // not the name of what follows
  const auto indexed = end > floor + 1 && text[end - 1] == ']' && is_quote(text[end - 2]); // form['password']
  const auto last = end - (indexed ? 2 : 1);
  if (end > floor && is_quote(text[last]))
    return quoted_key(text, last, floor);
  const auto begin = name_begin(text, end, floor);
  auto key = text_key{};
  key.name = text.substr(begin, end - begin);
  if (is_data(key.name))
    return {};
  key.opens_line = opens_line(text, begin);
  if (begin > floor + 1 && text[begin - 1] == ' ') {
    const auto word = name_begin(text, begin - 1, floor);
    key.before = text.substr(word, begin - 1 - word);
  }
  key.in_path = begin > 0 && text[begin - 1] == '/';
  const auto lead = skip_back(text, begin, floor, is_blank);
  key.lead = lead > floor ? text[lead - 1] : '\0';
  return key;
}

std::string_view value_after(std::string_view text, std::size_t at, const text_key& key, bool word) noexcept {
  auto begin = at + 1;
  while (begin < text.size() && is_one_of(text[begin], ":=>"))
    ++begin;
  while (begin < text.size() && is_blank(text[begin]))
    ++begin;
  const auto rest = text.substr(begin);
  if (is_below(text, begin) && text.substr(at, 2) == "=>")
    return dumped_value(text, begin);
  if (is_below(text, begin))
    return text[at] == ':' && !rest.empty() ? block_value(text, begin) : text.substr(begin, 0);
  if (const auto size = mask_size(rest); size != 0 && (size == rest.size() || !is_alnum(rest[size])))
    return rest.substr(0, size);
  if (is_quote(rest[0]) || (rest.size() > 1 && rest[0] == '\\' && is_quote(rest[1])))
    return quoted_value(text, begin);
  if (rest.size() > 1 && is_one_of(rest[0], "bBuUrRfFN") && is_one_of(rest[1], "'\"")) // b'hunter2'
    return quoted_value(text, begin + 1);
  if (is_one_of(rest[0], "{[") && mask_size(rest) == 0)
    return bracketed_value(text, begin);
  return bare_value(text, begin, key, text[at], word);
}

bool is_user(std::string_view userinfo) noexcept {
  constexpr auto size_max = std::size_t{12};
  return userinfo.size() <= size_max && std::ranges::all_of(userinfo, is_lower);
}

std::size_t scheme_end_size(std::string_view text, std::size_t at) noexcept {
  const auto rest = text.substr(at, 5);
  return rest.starts_with("://") ? 3 : rest == ":\\/\\/" ? 5 : 0;
}

std::string_view userinfo_after(std::string_view text, std::size_t at) noexcept {
  const auto rest = text.substr(at + scheme_end_size(text, at), authority_size_max);
  if (!has_at_sign(rest))
    return {};
  auto authority = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>/?#"));
  const auto colon = authority.find(':');
  const auto has_port = colon == std::string_view::npos || std::ranges::all_of(authority.substr(colon + 1), is_digit);
  if (authority.find('@') == std::string_view::npos && !has_port && !authority.starts_with('['))
    authority = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>")); // a password with a slash
  const auto end = authority.rfind('@');
  const auto userinfo = authority.substr(0, end == std::string_view::npos ? 0 : end);
  return is_user(userinfo) ? std::string_view{} : userinfo;
}

} // namespace cleartap::masking
