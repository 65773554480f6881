#include "actors/redaction/cards.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

constexpr auto card_digits_max = std::size_t{19};
constexpr auto cut_digits_min = std::size_t{4};
constexpr auto word_max = std::size_t{64}; // letters and digits beside a number that are looked at

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

/// By the first four digits: bit n says that a number of card_digits_min + n digits may be issued. Most numbers are let
/// go by it.
constexpr auto issued_sizes = [] {
  auto table = std::array<std::uint8_t, 10'000>{};
  for (const auto& range : issuers)
    for (auto opening = range.first / 100; opening <= range.last / 100; ++opening)
      for (auto digits = range.digits_min; digits <= range.digits_max; ++digits)
        table[opening] = static_cast<std::uint8_t>(table[opening] | 1u << (digits - card_digits_min));
  return table;
}();

static_assert(card_digits_max - card_digits_min < 8);
static_assert(std::ranges::all_of(issuers, [](const issuer_range& range) {
  return range.first % 100 == 0 && range.last % 100 == 99 && range.digits_min >= card_digits_min;
}));

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

/// ISO/IEC 7812-1 annex B: every other digit is doubled, but not the last. Both sums are kept, as any may be the last.
class check_sums {
public:
  void add(char digit) noexcept {
    const auto value = static_cast<unsigned>(digit - '0');
    const auto doubled = value > 4 ? value * 2 - 9 : value * 2;
    const auto before = sum_;
    sum_ = if_doubled_ + value;
    if_doubled_ = before + doubled;
    ++count_;
  }

  std::size_t count() const noexcept { return count_; }
  bool fit() const noexcept { return sum_ % 10 == 0; }

private:
  std::size_t count_ = 0;
  unsigned sum_ = 0;
  unsigned if_doubled_ = 0; // the last digit
};

/// Whether another group may follow one of `size` digits: "4111 1111", but not "4 5 6 1".
bool may_continue(std::size_t size, bool first) noexcept { return size >= (first ? 4u : 3u); }

/// Whether a group that ends at `at` is parted from another by `separator`, or by any if that is 0.
bool is_parted(std::string_view text, std::size_t at, char separator) noexcept {
  return at + 1 < text.size() && is_digit(text[at + 1]) && (text[at] == ' ' || text[at] == '-') &&
         (separator == '\0' || separator == text[at]);
}

/// The size of the longest number at `at` of one of the sizes in `issued`.
std::size_t longest_number(std::string_view text, std::size_t at, unsigned issued) noexcept {
  auto sums = check_sums{};
  auto separator = '\0';
  auto group_begin = std::size_t{0};
  auto longest = std::size_t{0};
  for (auto i = at; i < text.size() && is_digit(text[i]) && sums.count() < card_digits_max;) {
    sums.add(text[i++]);
    if (i < text.size() && is_digit(text[i]))
      continue;
    const auto is_size = sums.count() >= card_digits_min && (issued >> (sums.count() - card_digits_min) & 1) != 0;
    if (is_size && sums.fit() && !is_part_after(text, i))
      longest = i - at;
    if (!is_parted(text, i, separator) || !may_continue(sums.count() - group_begin, group_begin == 0))
      break;
    separator = text[i++];
    group_begin = sums.count();
  }
  return longest;
}

/// Where the run of digits that goes on at `at` ends, or `last` if it is longer.
std::size_t run_end(std::string_view text, std::size_t at, std::size_t last) noexcept {
  while (at < last && at < text.size() && is_digit(text[at]))
    ++at;
  return at;
}

unsigned number_at(std::string_view text, std::size_t at, std::size_t size) noexcept {
  auto sum = 0u;
  for (auto c : text.substr(at, size))
    sum = sum * 10 + static_cast<unsigned>(c - '0');
  return sum;
}

} // namespace

std::size_t card_size(std::string_view text, std::size_t at) noexcept {
  constexpr auto opening_size = std::size_t{4}; // of the first group too
  if (text.size() - at < card_digits_min)
    return 0;
  auto opening = 0u;
  for (auto i = at; i < at + opening_size; ++i) {
    if (!is_digit(text[i]))
      return 0;
    opening = opening * 10 + static_cast<unsigned>(text[i] - '0');
  }
  const auto issued = issued_sizes[opening];
  if (issued == 0)
    return 0;
  const auto end = run_end(text, at + opening_size, at + card_digits_min);
  if (end < at + card_digits_min && !is_parted(text, end, '\0'))
    return 0;
  const auto size = longest_number(text, at, issued);
  return size != 0 && !is_part_before(text, at) ? size : 0;
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
  if (rest.size() > cut_number_max || !part_of_number(rest.back()) || !std::ranges::all_of(rest, part_of_number))
    return 0;
  return static_cast<std::size_t>(std::ranges::count_if(rest, is_digit)) >= cut_digits_min ? rest.size() : 0;
}

} // namespace cleartap::masking
