#include "actors/redaction/cards.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

constexpr auto card_digits_max = std::size_t{19};
constexpr auto cut_digits_min = std::size_t{4};
constexpr auto ssn_name_reach = std::size_t{40}; // bytes between a social security number and its name
constexpr auto word_max = std::size_t{64};       // letters and digits beside a number that are looked at

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

constexpr auto opening_size = std::size_t{4}; // digits that let most numbers go; of the first group too
constexpr auto openings = std::size_t{10'000};

/// By the first four digits: bit n says that a number of card_digits_min + n digits may be issued. The last is for what
/// is no opening.
constexpr auto issued_sizes = [] {
  auto table = std::array<std::uint8_t, openings + 1>{};
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

/// What two digits add to the sum whose last digit must be 0; the first is one of those that count twice.
constexpr auto check_sums = [] {
  auto table = std::array<std::uint8_t, 100>{};
  for (auto pair = 0u; pair < table.size(); ++pair) {
    const auto twice = pair / 10 * 2;
    table[pair] = static_cast<std::uint8_t>((twice > 9 ? twice - 9 : twice) + pair % 10);
  }
  return table;
}();

/// How many digits stand at `at`, counted up to `max`.
std::size_t digits_at(std::string_view text, std::size_t at, std::size_t max) noexcept {
  auto size = std::size_t{0};
  if (text.size() - at >= lane_size) {
    size = lowest_bit(~vector_lane::load(text.data() + at).within('0', '9').bits());
    if (size < lane_size)
      return std::min(size, max);
  }
  while (size < max && at + size < text.size() && is_digit(text[at + size]))
    ++size;
  return std::min(size, max);
}

/// The number that the four bytes at `at` make, which is `openings` if they are no digits.
std::size_t opening_at(std::string_view text, std::size_t at) noexcept {
  auto opening = std::size_t{0};
  for (auto i = at; i < at + opening_size; ++i) {
    if (!is_digit(text[i]))
      return openings;
    opening = opening * 10 + static_cast<std::size_t>(text[i] - '0');
  }
  return opening;
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

/// Whether the digits at `at` may be the end of a UUID: "-3333-" stands before them.
bool is_in_uuid(std::string_view text, std::size_t at) noexcept {
  const auto before = text.substr(0, at).substr(at - std::min<std::size_t>(at, 6));
  return before.size() == 6 && before[0] == '-' && before[5] == '-' && std::ranges::all_of(before.substr(1, 4), is_hex);
}

bool is_part_before(std::string_view text, std::size_t at) noexcept {
  const auto fraction = at > 1 && text[at - 1] == '.' && is_digit(text[at - 2]);
  return fraction || is_in_uuid(text, at) || is_hex_word(word_before(text, at));
}

/// ".0", as programs write a whole number that they hold as a fraction, is none.
bool opens_fraction(std::string_view text) noexcept {
  if (text.size() < 2 || text[0] != '.' || !is_digit(text[1]))
    return false;
  const auto end = std::min(text.find_first_not_of('0', 1), text.size());
  return end > 3 || end == 1 || (end < text.size() && is_digit(text[end]));
}

bool is_part_after(std::string_view text, std::size_t at) noexcept {
  return opens_fraction(text.substr(at)) || is_hex_word(word_after(text, at));
}

/// What parts the groups of a number.
enum class separator : std::uint8_t { none, blank, dash, other };

struct read_separator {
  separator kind = separator::none;
  std::size_t size = 0;
};

/// Among others the blanks and dashes of Unicode: U+00A0, U+2000 to U+2015 and U+202F.
read_separator separator_at(std::string_view text, std::size_t at) noexcept {
  const auto rest = text.substr(at, 3);
  if (rest.empty() || is_digit(rest[0]))
    return {};
  if (rest[0] == ' ' || rest.starts_with("\xc2\xa0"))
    return {separator::blank, rest[0] == ' ' ? 1u : 2u};
  if (rest[0] == '-')
    return {separator::dash, 1};
  if (is_one_of(rest[0], "._/+"))
    return {separator::other, 1};
  if (!rest.starts_with("\xe2\x80") || rest.size() < 3)
    return {};
  const auto last = index_of(rest[2]);
  if (last == 0xaf || (last >= 0x80 && last <= 0x8b))
    return {separator::blank, 3};
  return last >= 0x90 && last <= 0x95 ? read_separator{separator::dash, 3} : read_separator{};
}

/// Digits without anything between them.
struct digit_group {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::size_t count = 0; // of digits up to its end, with those of the groups before it
};

/// Whether another group may follow one of `size` digits: "4111 1111", but not "4 5 6 1".
bool may_continue(std::size_t size, bool first) noexcept { return size >= (first ? 4u : 3u); }

/// What may be a card number, as far as its digits go.
class card_candidate {
public:
  /// `size`: of the first group, which begins at `at`.
  card_candidate(std::string_view text, std::size_t at, std::size_t size) noexcept : text_{text} {
    auto count = std::size_t{0};
    for (auto i = at;; size = digits_at(text, i, card_digits_max - count + 1)) {
      count += size;
      if (count > card_digits_max) // no number ends there
        return;
      groups_[size_++] = {i, size, count};
      ends_ |= 1u << count;
      i += size;
      const auto next = separator_at(text, i);
      const auto parted = next.size != 0 && i + next.size < text.size() && is_digit(text[i + next.size]);
      if (count == card_digits_max || !parted || (by_ != separator::none && by_ != next.kind) ||
          !may_continue(size, size_ == 1))
        return;
      by_ = next.kind;
      i += next.size;
    }
  }

  /// The size of the longest number of one of the sizes in `issued`.
  std::size_t longest_number(unsigned issued) const noexcept {
    for (auto last = size_; last > 0 && groups_[last - 1].count >= card_digits_min; --last) {
      const auto& group = groups_[last - 1];
      const auto end = group.begin + group.size;
      const auto may_be_issued = (issued >> (group.count - card_digits_min) & 1) != 0;
      const auto is_other = by_ == separator::other && last > 1 && !is_grouped_as_card(group.count);
      if (may_be_issued && !is_other && has_check_digit(last) && !is_part_after(text_, end))
        return end - groups_[0].begin;
    }
    return 0;
  }

private:
  static constexpr auto groups_max = std::size_t{6}; // 4 digits in the first, 3 in the others

  /// Whether the first `count` digits are in the groups that are printed on cards. Other numbers are parted by dots
  /// too.
  bool is_grouped_as_card(std::size_t count) const noexcept {
    const auto ends_at = [this](std::size_t digits) { return (ends_ >> digits & 1) != 0; };
    if (!ends_at(4))
      return false;
    return ends_at(8) ? ends_at(12) && (count == 16 || (count == 19 && ends_at(16))) : ends_at(10) && count <= 15;
  }

  /// ISO/IEC 7812-1 annex B, for the number that the first `last` groups make.
  bool has_check_digit(std::size_t last) const noexcept {
    auto doubles = groups_[last - 1].count % 2 == 0;
    auto sum = 0u;
    for (auto i = std::size_t{0}; i < last; ++i) {
      auto at = groups_[i].begin;
      const auto end = at + groups_[i].size;
      if (!doubles) {
        sum += digit_at(at++);
        doubles = true;
      }
      for (; at + 1 < end; at += 2)
        sum += check_sums[digit_at(at) * 10 + digit_at(at + 1)];
      if (at < end) {
        sum += check_sums[digit_at(at) * 10];
        doubles = false;
      }
    }
    return sum % 10 == 0;
  }

  unsigned digit_at(std::size_t at) const noexcept { return static_cast<unsigned>(text_[at] - '0'); }

  std::string_view text_;
  std::array<digit_group, groups_max> groups_; // not initialised: size_ tells how many there are
  std::size_t size_ = 0;
  unsigned ends_ = 0; // bit n: a group ends with the n-th digit
  separator by_ = separator::none;
};

unsigned number_at(std::string_view text, std::size_t at, std::size_t size) noexcept {
  auto sum = 0u;
  for (auto c : text.substr(at, size))
    sum = sum * 10 + static_cast<unsigned>(c - '0');
  return sum;
}

bool has_digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
  const auto part = text.substr(std::min(at, text.size()), count);
  return part.size() == count && std::ranges::all_of(part, is_digit);
}

/// Whether the words right before `at` say what the number there is. Without its dashes it may be any.
bool names_ssn(std::string_view text, std::size_t at) noexcept {
  const auto reach = std::min(at, ssn_name_reach);
  auto words = text.substr(at - reach, reach);
  const auto other = words.find_last_of("\r\n;]0123456789"); // a line, a mask or a number
  words.remove_prefix(other == std::string_view::npos ? 0 : other + 1);
  return contains_any_case(words, "ssn") || contains_any_case(words, "social");
}

} // namespace

std::size_t card_size(std::string_view text, std::size_t at) noexcept {
  if (text.size() - at < card_digits_min)
    return 0;
  const auto issued = issued_sizes[opening_at(text, at)];
  if (issued == 0)
    return 0;
  const auto digits = digits_at(text, at, card_digits_max + 1);
  if (digits > card_digits_max || (digits < card_digits_min && separator_at(text, at + digits).size == 0))
    return 0;
  const auto size = card_candidate{text, at, digits}.longest_number(issued);
  return size != 0 && !is_part_before(text, at) ? size : 0;
}

std::size_t ssn_size(std::string_view text, std::size_t at) noexcept {
  const auto digits = digits_at(text, at, 10);
  if (digits != 3 && digits != 9) // parted, or not
    return 0;
  const auto first = separator_at(text, at + 3);
  const auto group = at + 3 + first.size;
  if (first.kind == separator::other || !has_digits(text, group, 2))
    return 0;
  const auto second = separator_at(text, group + 2);
  const auto serial = group + 2 + second.size;
  if (second.kind != first.kind || !has_digits(text, serial, 4))
    return 0;
  const auto end = serial + 4;
  const auto grouped_before = at > 1 && text[at - 1] == '-' && is_alnum(text[at - 2]);
  if (grouped_before || (end < text.size() && is_digit(text[end])))
    return 0;
  if (first.kind != separator::dash && (is_part_after(text, end) || !names_ssn(text, at)))
    return 0;
  const auto area = number_at(text, at, 3);
  const auto issued =
      area != 0 && area != 666 && area < 900 && number_at(text, group, 2) != 0 && number_at(text, serial, 4) != 0;
  return issued ? end - at : 0;
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
  const auto part_of_number = [](char c) { return is_digit(c) || is_one_of(c, " -._") || index_of(c) >= 0x80; };
  if (rest.size() > cut_number_max || !part_of_number(rest.back()) || !std::ranges::all_of(rest, part_of_number))
    return 0;
  return static_cast<std::size_t>(std::ranges::count_if(rest, is_digit)) >= cut_digits_min ? rest.size() : 0;
}

bool opens_track(std::string_view text) noexcept {
  constexpr auto digits = std::size_t{12};
  const auto number = text.substr(2, digits);
  return text[1] == 'B' && number.size() == digits && std::ranges::all_of(number, is_digit);
}

} // namespace cleartap::masking
