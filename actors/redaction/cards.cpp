#include "actors/redaction/cards.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

constexpr auto card_digits_min = std::size_t{12};
constexpr auto card_digits_max = std::size_t{19};
constexpr auto cut_digits_min = std::size_t{4};
constexpr auto cut_size_max = std::size_t{64}; // bytes at the end of a cut text that are taken for one number
constexpr auto word_max = std::size_t{64};     // letters and digits beside a number that are looked at

/// Numbers whose first six digits are in [first, last] have digits_min to digits_max digits.
struct issuer_range {
  std::uint32_t first;
  std::uint32_t last;
  std::size_t digits_min;
  std::size_t digits_max;
};

constexpr auto issuers = std::to_array<issuer_range>({
    {220000, 220599, 16, 19}, // Mir, BORICA
    {222100, 272099, 16, 16}, // Mastercard
    {300000, 305999, 14, 19}, // Diners Club
    {309500, 309599, 14, 19}, // Diners Club
    {340000, 349999, 15, 15}, // American Express
    {352800, 358999, 16, 19}, // JCB
    {360000, 369999, 14, 19}, // Diners Club
    {370000, 379999, 15, 15}, // American Express
    {380000, 399999, 14, 19}, // Diners Club
    {400000, 499999, 13, 13}, // Visa
    {400000, 499999, 16, 16}, // Visa
    {400000, 499999, 19, 19}, // Visa
    {500000, 509999, 13, 19}, // Maestro, RuPay, Verve, Elo
    {501800, 501899, 12, 12}, // Maestro
    {502000, 502099, 12, 12}, // Maestro
    {503800, 503899, 12, 12}, // Maestro
    {510000, 559999, 16, 16}, // Mastercard
    {560000, 589999, 13, 19}, // Maestro
    {589300, 589399, 12, 12}, // Maestro
    {630400, 630499, 12, 12}, // Maestro
    {675900, 675999, 12, 12}, // Maestro
    {676100, 676399, 12, 12}, // Maestro
    {676700, 676799, 12, 12}, // Maestro
    {600000, 699999, 13, 19}, // Discover, UnionPay, Maestro, RuPay, Hipercard
    {810000, 829999, 16, 19}, // UnionPay, RuPay
    {860000, 860099, 16, 16}, // UzCard
    {979200, 979299, 16, 16}, // Troy
    {986000, 986099, 16, 16}, // Humo
});

using digit_array = std::array<std::uint8_t, card_digits_max>;

bool is_issued(const digit_array& digits, std::size_t count) noexcept {
  auto opening = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < 6; ++i)
    opening = opening * 10 + digits[i];
  return std::ranges::any_of(issuers, [=](const issuer_range& range) {
    return opening >= range.first && opening <= range.last && count >= range.digits_min && count <= range.digits_max;
  });
}

/// ISO/IEC 7812-1 annex B.
bool has_check_digit(const digit_array& digits, std::size_t count) noexcept {
  auto sum = 0u;
  for (auto i = std::size_t{0}; i < count; ++i) {
    const auto doubled = (count - i) % 2 == 0;
    const auto value = doubled ? digits[i] * 2u : digits[i];
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

/// Whether `word`, the letters and digits beside a number, makes the number look like a part of a hex string.
bool is_hex_word(std::string_view word) noexcept { return !word.empty() && std::ranges::all_of(word, is_hex); }

std::string_view word_before(std::string_view text, std::size_t at) noexcept {
  auto begin = at;
  while (begin > 0 && at - begin < word_max && is_alnum(text[begin - 1]))
    --begin;
  const auto escaped = begin > 0 && text[begin - 1] == '%'; // of a URL; "%B" opens the track of a card
  return escaped ? std::string_view{} : text.substr(begin, at - begin);
}

std::string_view word_after(std::string_view text, std::size_t at) noexcept {
  auto end = at;
  while (end < text.size() && end - at < word_max && is_alnum(text[end]))
    ++end;
  return text.substr(at, end - at);
}

bool is_part_before(std::string_view text, std::size_t at) noexcept {
  const auto fraction = at > 1 && text[at - 1] == '.' && is_digit(text[at - 2]);
  return fraction || is_hex_word(word_before(text, at));
}

bool is_part_after(std::string_view text, std::size_t at) noexcept {
  const auto fraction = at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1]);
  return fraction || is_hex_word(word_after(text, at));
}

/// The digits of a candidate and where its groups end.
struct card_candidate {
  digit_array digits;
  std::array<std::size_t, card_digits_max + 1> ends; // [n]: where a group ends with the n-th digit, else 0
  std::size_t count = 0;
};

/// Whether another group may follow one of `size` digits: "4111 1111", but not "4 5 6 1".
bool may_continue(std::size_t size, bool first) noexcept { return size >= (first ? 4u : 3u); }

card_candidate read_candidate(std::string_view text, std::size_t at) noexcept {
  card_candidate out;
  auto separator = '\0';
  auto group_begin = std::size_t{0};
  for (auto i = at; i < text.size() && is_digit(text[i]) && out.count < card_digits_max;) {
    out.digits[out.count++] = static_cast<std::uint8_t>(text[i++] - '0');
    out.ends[out.count] = 0;
    if (i < text.size() && is_digit(text[i]))
      continue;
    out.ends[out.count] = i;
    const auto parted = i + 1 < text.size() && (text[i] == ' ' || text[i] == '-') && is_digit(text[i + 1]);
    if (!parted || (separator != '\0' && separator != text[i]) ||
        !may_continue(out.count - group_begin, group_begin == 0))
      break;
    separator = text[i++];
    group_begin = out.count;
  }
  return out;
}

unsigned number_at(std::string_view text, std::size_t at, std::size_t size) noexcept {
  auto sum = 0u;
  for (auto c : text.substr(at, size))
    sum = sum * 10 + static_cast<unsigned>(c - '0');
  return sum;
}

} // namespace

std::size_t card_size(std::string_view text, std::size_t at) noexcept {
  if (is_one_of(text[at], "017")) // of no issuer, but of most times and counters
    return 0;
  const auto candidate = read_candidate(text, at);
  if (candidate.count < card_digits_min || is_part_before(text, at))
    return 0;
  for (auto count = candidate.count; count >= card_digits_min; --count) {
    const auto end = candidate.ends[count];
    if (end != 0 && is_issued(candidate.digits, count) && has_check_digit(candidate.digits, count) &&
        !is_part_after(text, end))
      return end - at;
  }
  return 0;
}

std::size_t ssn_size(std::string_view text, std::size_t at) noexcept {
  constexpr auto size = std::string_view{"ddd-dd-dddd"}.size();
  const auto part = text.substr(at, size);
  if (part.size() != size || part[3] != '-' || part[6] != '-')
    return 0;
  for (auto i = std::size_t{0}; i < size; ++i)
    if (i != 3 && i != 6 && !is_digit(part[i]))
      return 0;
  const auto grouped_before = at > 1 && text[at - 1] == '-' && is_alnum(text[at - 2]);
  if (grouped_before || (at + size < text.size() && is_digit(text[at + size])))
    return 0;
  const auto area = number_at(part, 0, 3);
  const auto issued =
      area != 0 && area != 666 && area < 900 && number_at(part, 4, 2) != 0 && number_at(part, 7, 4) != 0;
  return issued ? size : 0;
}

bool is_numbering(std::string_view value) noexcept {
  constexpr auto prefix_max = std::size_t{16};
  const auto begin = static_cast<std::size_t>(std::ranges::find_if(value, is_digit) - value.begin());
  const auto opens = [](char c) { return is_alnum(c) || is_one_of(c, "-_#/"); };
  if (begin == value.size() || begin > prefix_max || !std::ranges::all_of(value.substr(0, begin), opens))
    return false;
  const auto goes_on = [](char c) { return is_digit(c) || c == ' ' || c == '-'; };
  return std::ranges::all_of(value.substr(begin), goes_on) && ssn_size(value, begin) == 0;
}

std::size_t cut_digits_size(std::string_view text, std::size_t at) noexcept {
  const auto rest = text.substr(at);
  const auto part_of_number = [](char c) { return is_digit(c) || c == ' ' || c == '-'; };
  if (rest.size() > cut_size_max || !part_of_number(rest.back()) || !std::ranges::all_of(rest, part_of_number))
    return 0;
  return static_cast<std::size_t>(std::ranges::count_if(rest, is_digit)) >= cut_digits_min ? rest.size() : 0;
}

} // namespace cleartap::masking
