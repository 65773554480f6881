#include "actors/redaction/base64.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/word_runs.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

constexpr auto digits = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
constexpr auto quads_told = std::size_t{3};        // groups of four digits that must say ASCII text
constexpr auto joined_size_max = std::size_t{512}; // bytes of a run in which another one may begin, as in a path
constexpr auto cut_size_min = std::size_t{6};      // digits at the end of a text that are looked into
constexpr auto line_size_min = std::size_t{56};    // of a line that the next one may go on with
constexpr auto unprintable_share = std::size_t{8}; // one byte in so many may be no text

/// What a byte may be in a group of four digits that stand for three bytes of ASCII text.
enum place : std::uint8_t { in_run = 1, first = 2, second = 4, third = 8 };

constexpr bool is_text_byte(char c) noexcept { return index_of(c) >= 0x20 ? c != 0x7f : is_space(c); }

constexpr auto places = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto i = 0u; i < digits.size(); ++i) {
    auto mask = unsigned{in_run};
    if (i == '\t' >> 2 || i == '\r' >> 2 || (i >= ' ' >> 2 && i < 0x80 >> 2))
      mask |= first;
    if (i % 16 == 0 || (i % 16 >= 2 && i % 16 < 8))
      mask |= second;
    if (i % 4 < 2)
      mask |= third;
    table[index_of(digits[i])] = static_cast<std::uint8_t>(mask);
  }
  table['-'] = table['+'];
  table['_'] = table['/'];
  return table;
}();

constexpr auto values = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto i = std::size_t{0}; i < digits.size(); ++i)
    table[index_of(digits[i])] = static_cast<std::uint8_t>(i);
  table['-'] = 62;
  table['_'] = 63;
  return table;
}();

constexpr bool is(char c, place what) noexcept { return (places[index_of(c)] & what) != 0; }

/// Whether the digits of `run` begin to say text, or JSON, whose first key may be in any letters.
bool says_text(std::string_view run) noexcept {
  constexpr auto openings =
      std::to_array<std::string_view>({"eyJ", "eyL", "eyAi", "ewog", "ewoJ", "W3si", "WyJ", "WyL"});
  if (is_one_of(run[0], "eW") &&
      std::ranges::any_of(openings, [run](std::string_view opening) { return run.starts_with(opening); }))
    return true;
  for (auto at = std::size_t{0}; at < std::min(run.size(), 4 * quads_told); ++at) {
    const auto wanted = at % 4 == 0 ? first : at % 4 == 1 ? second : at % 4 == 2 ? third : in_run;
    if (!is(run[at], wanted))
      return false;
  }
  return true;
}

std::size_t run_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is(text[at], in_run))
    ++at;
  return at;
}

std::size_t line_break_size(std::string_view text) noexcept {
  return text.starts_with("\r\n") ? 2 : text.starts_with('\n') ? 1 : 0;
}

/// Where the line at `begin` ends, if it goes on with lines of `size` digits; else npos.
std::size_t next_line_end(std::string_view text, std::size_t begin, std::size_t size) noexcept {
  const auto end = run_end(text, begin);
  const auto rest = text.substr(end);
  const auto closed = rest.empty() || rest[0] == '=' || line_break_size(rest) != 0;
  return closed && end > begin && end - begin <= size ? end : std::string_view::npos;
}

/// The end of a run with its further lines and its padding.
std::size_t whole_end(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const auto line_size = end - begin;
  for (auto last = line_size; line_size % 4 == 0 && line_size >= line_size_min && last == line_size;) {
    const auto breaks = line_break_size(text.substr(end));
    const auto next = breaks == 0 ? std::string_view::npos : next_line_end(text, end + breaks, line_size);
    if (next == std::string_view::npos)
      break;
    last = next - end - breaks;
    end = next;
  }
  for (auto left = 2; left > 0 && end < text.size() && text[end] == '='; --left)
    ++end;
  return end;
}

struct base64_runs {
  template <class Lane>
  static Lane bytes(Lane lane) noexcept {
    return base64_bytes(lane);
  }

  template <class Lane>
  static Lane joints(Lane lane) noexcept {
    return lane.is('-') | lane.is('_') | lane.is('+') | lane.is('/');
  }
};

std::optional<std::string_view> find_in_run(std::string_view text, run_bounds run, bool cut) noexcept {
  const auto size_min = cut && run.end == text.size() ? cut_size_min : base64_size_min;
  const auto find = [&](std::size_t at) -> std::optional<std::string_view> {
    if (at + size_min > run.end || !says_text(text.substr(at, run.end - at)))
      return std::nullopt;
    return text.substr(at, whole_end(text, at, run.end) - at);
  };
  if (auto found = find(run.begin))
    return found;
  if (!run.may_join)
    return std::nullopt;
  const auto last = std::min(run.end, run.begin + joined_size_max) - 1;
  return find_behind_joints<base64_runs>(text, run.begin, last, find);
}

std::string bytes_of(std::string_view run) {
  auto out = std::string{};
  out.reserve(run.size() / 4 * 3 + 3);
  auto bits = std::uint32_t{0};
  auto count = 0;
  for (auto c : run) {
    if (!is(c, in_run))
      continue; // a line break or padding
    bits = bits << 6 | values[index_of(c)];
    count += 6;
    if (count >= 8)
      out += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return out;
}

bool is_text(std::string_view bytes) noexcept {
  const auto others = std::ranges::count_if(bytes, [](char c) { return !is_text_byte(c); });
  return static_cast<std::size_t>(others) <= bytes.size() / unprintable_share;
}

} // namespace

[[gnu::flatten]] std::optional<std::string_view> find_base64(std::string_view text, std::size_t from,
                                                             bool cut) noexcept {
  auto runs = run_search<base64_runs>{text, from};
  for (auto run = runs.next(); run.begin < run.end; run = runs.next())
    if (run.end - run.begin >= base64_size_min && (run.may_join || is(text[run.begin], first)))
      if (const auto found = find_in_run(text, run, cut))
        return found;
  if (!cut)
    return std::nullopt;
  auto begin = text.size(); // of a run that the end of the text has shortened
  while (begin > from && text.size() - begin < base64_size_min && is(text[begin - 1], in_run))
    --begin;
  const auto size = text.size() - begin;
  return size > 0 && size < base64_size_min ? find_in_run(text, {begin, text.size(), true}, cut) : std::nullopt;
}

std::optional<redaction_class> class_of_base64(std::string_view part, bool behind_scheme, bool cut, mask_writer& out) {
  if (!out.spend(part))
    return std::nullopt;
  const auto text = bytes_of(part);
  if (!is_text(text))
    return std::nullopt;
  if (out.level() == layers_max)
    return redaction_class::secret;
  if (behind_scheme && text.find(':') != std::string::npos)
    return redaction_class::authorization;
  auto inner = mask_writer{mask_writer::asking{}, text, out};
  mask_content(text, cut, inner);
  if (!inner.first() && inner.noted())
    out.note(part, *inner.noted());
  return inner.first();
}

} // namespace cleartap::masking
