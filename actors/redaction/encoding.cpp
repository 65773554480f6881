#include "actors/redaction/encoding.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace cleartap::masking {

namespace {

constexpr auto replacement = char32_t{0xfffd};
constexpr auto hex_digits = std::string_view{"0123456789abcdef"};

encoded_unit plain_unit(char c) noexcept { return {1, {c}, 1}; }

/// `point` in UTF-8.
encoded_unit unit_of(std::size_t size, char32_t point) noexcept {
  auto out = encoded_unit{size, {}, 0};
  const auto put = [&](char32_t byte) { out.bytes[out.count++] = static_cast<char>(byte); };
  if (point > 0x10ffff)
    point = replacement;
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
  }
  if (point >= 0x800)
    put(0x80 | (point >> 6 & 0x3f));
  if (point >= 0x80)
    put(0x80 | (point & 0x3f));
  return out;
}

bool is_high_surrogate(char32_t unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(char32_t unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

/// A code point of UTF-16 from its first code unit, written with `size` bytes, and perhaps the next one.
encoded_unit unit_of_utf16(std::size_t size, char32_t first, std::optional<char32_t> second) noexcept {
  if (is_high_surrogate(first) && second && is_low_surrogate(*second))
    return unit_of(2 * size, 0x10000 + ((first - 0xd800) << 10) + (*second - 0xdc00));
  return unit_of(size, is_high_surrogate(first) || is_low_surrogate(first) ? replacement : first);
}

/// Copies what opens nothing, to the first of the openings; returns where it ends in `out`. It is copied by lanes, so
/// that more may be written behind it, but no more than is left of `text`.
template <char... Openings>
char* copy_plain(std::string_view& text, char* out) noexcept {
  while (text.size() >= lane_size) {
    const auto lane = vector_lane::load(text.data());
    const auto found = (lane.is(Openings) | ...).bits();
    const auto plain = found != 0 ? lowest_bit(found) : lane_size;
    std::memcpy(out, text.data(), lane_size);
    out += plain;
    text.remove_prefix(plain);
    if (found != 0)
      return out;
  }
  for (; !text.empty() && ((text[0] != Openings) && ...); text.remove_prefix(1))
    *out++ = text[0];
  return out;
}

/// Writes what `unit` stands for, and perhaps a few more bytes behind it; returns where it ends.
char* put(const encoded_unit& unit, char* out) noexcept {
  std::memcpy(out, unit.bytes.data(), unit.bytes.size());
  return out + unit.count;
}

/// Writes what `text` says, all of it, and returns how many bytes that are. A few more are written behind them.
template <auto Read, char... Openings>
std::size_t decode(std::string_view text, char* out) noexcept {
  auto* end = out;
  for (;;) {
    if constexpr (sizeof...(Openings) != 0)
      end = copy_plain<Openings...>(text, end);
    if (text.empty())
      return static_cast<std::size_t>(end - out);
    const auto unit = Read(text);
    end = put(unit, end);
    text.remove_prefix(unit.size);
  }
}

// --- JSON ------------------------------------------------------------------------------------------------------------

constexpr auto no_hex = std::uint8_t{0xff};

constexpr auto hex_values = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i)
    table[i] = is_hex(static_cast<char>(i)) ? static_cast<std::uint8_t>(hex_value(static_cast<char>(i))) : no_hex;
  return table;
}();

/// The code unit of an escape "\uXXXX" that `text` starts with.
std::optional<char32_t> code_unit(std::string_view text) noexcept {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u')
    return std::nullopt;
  const auto digit = [text](std::size_t at) { return unsigned{hex_values[index_of(text[at])]}; };
  if ((digit(2) | digit(3) | digit(4) | digit(5)) > 0xf)
    return std::nullopt;
  return digit(2) << 12 | digit(3) << 8 | digit(4) << 4 | digit(5);
}

/// What the byte behind a backslash stands for, but for 'u'.
constexpr auto unescaped = [] {
  auto table = std::array<char, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i)
    table[i] = static_cast<char>(i);
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}();

/// What is cut short stands for nothing, so that what is before it ends the text.
encoded_unit cut_unit(std::string_view text) noexcept { return {text.size(), {}, 0}; }

bool is_cut_unit(std::string_view text, std::size_t opening, std::size_t size) noexcept {
  return text.size() < size && std::ranges::all_of(text.substr(std::min(opening, text.size())), is_hex);
}

encoded_unit read_json(std::string_view text) noexcept {
  if (text[0] != '\\')
    return plain_unit(text[0]);
  if (text.size() < 2)
    return {1, {}, 0};
  if (text[1] != 'u')
    return {2, {unescaped[index_of(text[1])]}, 1};
  if (is_cut_unit(text, 2, 6))
    return cut_unit(text);
  if (const auto unit = code_unit(text))
    return unit_of_utf16(6, *unit, is_high_surrogate(*unit) ? code_unit(text.substr(6)) : std::nullopt);
  return {2, {text[1]}, 1};
}

/// As decode<read_json, '\\'>(), quicker for the escapes of one byte, of which some texts are full.
[[gnu::flatten]] std::size_t decode_json(std::string_view text, char* out) noexcept {
  auto* end = out;
  for (;;) {
    end = copy_plain<'\\'>(text, end);
    if (text.empty())
      return static_cast<std::size_t>(end - out);
    if (text.size() > 1 && text[1] != 'u') {
      *end++ = unescaped[index_of(text[1])];
      text.remove_prefix(2);
      continue;
    }
    const auto unit = read_json(text);
    end = put(unit, end);
    text.remove_prefix(unit.size);
  }
}

void append_json(std::string& out, std::string_view text) {
  for (auto c : text) {
    const auto byte = index_of(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 0xf];
    } else {
      out += c;
    }
  }
}

// --- URLs ------------------------------------------------------------------------------------------------------------

encoded_unit read_percent(std::string_view text) noexcept {
  if (text[0] == '%' && is_cut_unit(text, 1, 3))
    return cut_unit(text);
  if (!opens_percent(text))
    return plain_unit(text[0]);
  return {3, {static_cast<char>(hex_value(text[1]) << 4 | hex_value(text[2]))}, 1};
}

encoded_unit read_form(std::string_view text) noexcept { return text[0] == '+' ? plain_unit(' ') : read_percent(text); }

void append_percent(std::string& out, std::string_view text) {
  for (auto c : text) {
    if (c == '"')
      out += "%22";
    else if (c == '\\')
      out += "%5C";
    else
      out += c;
  }
}

// --- Markup ----------------------------------------------------------------------------------------------------------

struct named_reference {
  std::string_view text;
  char32_t point;
};

constexpr auto references = std::to_array<named_reference>({
    {"&amp;", '&'},     {"&lt;", '<'},       {"&gt;", '>'},     {"&quot;", '"'},   {"&apos;", '\''},
    {"&nbsp;", 0xa0},   {"&equals;", '='},   {"&colon;", ':'},  {"&num;", '#'},    {"&sol;", '/'},
    {"&quest;", '?'},   {"&period;", '.'},   {"&commat;", '@'}, {"&lowbar;", '_'}, {"&hyphen;", 0x2010},
    {"&dash;", 0x2010}, {"&NewLine;", '\n'}, {"&Tab;", '\t'},   {"&lcub;", '{'},   {"&rcub;", '}'},
    {"&lsqb;", '['},    {"&rsqb;", ']'},     {"&lbrack;", '['}, {"&rbrack;", ']'}, {"&comma;", ','},
    {"&semi;", ';'},    {"&percnt;", '%'},   {"&plus;", '+'},   {"&bsol;", '\\'},  {"&excl;", '!'},
});

constexpr auto reference_size_max = std::size_t{12}; // "&#x0010FFFF;"

/// "&#112;" or "&#x70;".
encoded_unit read_character_reference(std::string_view text) noexcept {
  const auto hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const auto base = hex ? 16u : 10u;
  auto at = std::size_t{hex ? 3u : 2u};
  const auto begin = at;
  auto point = char32_t{0};
  for (; at < std::min(text.size(), reference_size_max) && (hex ? is_hex(text[at]) : is_digit(text[at])); ++at)
    point = point * base + hex_value(text[at]);
  if (at == text.size() && at < reference_size_max)
    return cut_unit(text);
  if (at == begin)
    return plain_unit(text[0]);
  return unit_of(at + (at < text.size() && text[at] == ';' ? 1 : 0), point);
}

encoded_unit read_entity(std::string_view text) noexcept {
  if (text[0] != '&')
    return plain_unit(text[0]);
  if (text.size() < 2)
    return cut_unit(text);
  if (text[1] == '#')
    return read_character_reference(text);
  for (const auto& each : references)
    if (text.starts_with(each.text))
      return unit_of(each.text.size(), each.point);
    else if (each.text.starts_with(text))
      return cut_unit(text);
  return plain_unit(text[0]);
}

void append_entities(std::string& out, std::string_view text) {
  for (auto c : text) {
    if (c == '"')
      out += "&quot;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
}

// --- UTF-16 ----------------------------------------------------------------------------------------------------------

template <bool Big>
std::optional<char32_t> read_wide(std::string_view text) noexcept {
  if (text.size() < 2)
    return std::nullopt;
  return char32_t{static_cast<unsigned char>(text[Big ? 0 : 1])} << 8 | static_cast<unsigned char>(text[Big ? 1 : 0]);
}

template <bool Big>
encoded_unit read_utf16(std::string_view text) noexcept {
  if (const auto first = read_wide<Big>(text))
    return unit_of_utf16(2, *first, read_wide<Big>(text.substr(2)));
  return {1, {}, 0};
}

/// Precondition: `text` is ASCII, as masks are.
template <bool Big>
void append_utf16(std::string& out, std::string_view text) {
  for (auto c : text) {
    out += Big ? '\0' : c;
    out += Big ? c : '\0';
  }
}

/// Whether `text` is ASCII in UTF-16, as far as it is looked at. `zero`: the place of the byte 0 in each pair.
bool is_wide(std::string_view text, std::size_t zero) noexcept {
  constexpr auto size_min = std::size_t{4};
  constexpr auto looked_at = std::size_t{64};
  for (auto at = std::size_t{0}; at + 1 < std::min(text.size(), looked_at); at += 2) {
    const auto other = text[at + 1 - zero];
    if (text[at + zero] != '\0' || index_of(other) > 0x7e || (index_of(other) < 0x20 && !is_space(other)))
      return false;
  }
  return text.size() >= size_min;
}

encoded_unit read_doubled(std::string_view text) noexcept {
  return text.starts_with("\"\"") ? encoded_unit{2, {'"'}, 1} : plain_unit(text[0]);
}

void append_doubled(std::string& out, std::string_view text) {
  for (auto c : text)
    out.append(c == '"' ? 2 : 1, c);
}

encoded_unit read_as_it_is(std::string_view text) noexcept { return plain_unit(text[0]); }
void append_as_it_is(std::string& out, std::string_view text) { out += text; }

} // namespace

const encoding* utf16_of(std::string_view text) noexcept {
  if (text.starts_with("\xff\xfe") || is_wide(text, 1))
    return &utf16_little;
  if (text.starts_with("\xfe\xff") || is_wide(text, 0))
    return &utf16_big;
  return nullptr;
}

const encoding doubled_quotes{"\"", read_doubled, append_doubled, decode<read_doubled, '"'>};
const encoding as_it_is{std::string_view{"\0", 1}, read_as_it_is, append_as_it_is, decode<read_as_it_is, '\0'>};
const encoding json_escapes{"\\", read_json, append_json, decode_json};
const encoding percent_escapes{"%", read_percent, append_percent, decode<read_percent, '%'>};
const encoding form_escapes{"%+", read_form, append_percent, decode<read_form, '%', '+'>};
const encoding entities{"&", read_entity, append_entities, decode<read_entity, '&'>};
const encoding utf16_little{"", read_utf16<false>, append_utf16<false>, decode<read_utf16<false>>};
const encoding utf16_big{"", read_utf16<true>, append_utf16<true>, decode<read_utf16<true>>};

bool opens_percent(std::string_view text) noexcept {
  return text.size() > 2 && text[0] == '%' && is_hex(text[1]) && is_hex(text[2]);
}

bool opens_entity(std::string_view text) noexcept { return text.size() > 2 && read_entity(text).size > 1; }

bool opens_code_unit(std::string_view text) noexcept { return code_unit(text).has_value(); }

decoded_text::decoded_text(std::string_view text, const encoding& how) {
  constexpr auto spare_size = sizeof(encoded_unit::bytes);        // decode() writes them as a whole
  const auto longer = how.openings.empty() ? text.size() / 2 : 0; // UTF-16: two bytes may stand for three
  const auto room = text.size() + longer + spare_size;
  auto* out = short_.data();
  if (room > short_.size()) {
    long_ = std::make_unique_for_overwrite<char[]>(room);
    out = long_.get();
  }
  text_ = {out, how.decode(text, out)};
}

std::string decoded(std::string_view text, const encoding& how) { return std::string{decoded_text{text, how}.view()}; }

std::string_view source_cursor::part(std::size_t begin, std::size_t end) noexcept {
  go(begin, false);
  const auto first = at_;
  go(end, true);
  return source_.substr(first, at_ - first);
}

/// To the unit that says what is at `to` of the decoded text, or, if `whole`, behind all that say what is before it.
void source_cursor::go(std::size_t to, bool whole) noexcept {
  while (decoded_ < to && at_ < source_.size()) {
    const auto rest = source_.substr(at_);
    const auto plain =
        how_->openings.empty() ? 0 : std::min({rest.find_first_of(how_->openings), rest.size(), to - decoded_});
    at_ += plain;
    decoded_ += plain;
    if (decoded_ == to || at_ == source_.size())
      return;
    const auto unit = how_->read(source_.substr(at_));
    if (!whole && decoded_ + unit.count > to)
      return;
    at_ += unit.size;
    decoded_ += unit.count;
  }
}

} // namespace cleartap::masking
