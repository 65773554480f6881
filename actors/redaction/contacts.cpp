#include "actors/redaction/contacts.hpp"

#include <algorithm>
#include <array>

namespace cleartap::masking {

namespace {

constexpr auto local_max = std::size_t{64}; // RFC 5321 section 4.5.3.1.1
constexpr auto domain_max = std::size_t{255};
constexpr auto phone_digits_min = std::size_t{7};
constexpr auto phone_digits_max = std::size_t{15}; // E.164
constexpr auto american_size_min = std::string_view{"212-555-0123"}.size();

constexpr auto file_endings =
    std::to_array<std::string_view>({"css", "gif", "jpeg", "jpg", "js", "json", "png", "svg", "webp"});

bool is_letter(char c) noexcept { return is_alnum(c) || index_of(c) >= 0x80; }
bool is_local(char c) noexcept { return is_letter(c) || is_one_of(c, "._%+-"); }
bool is_domain(char c) noexcept { return is_letter(c) || c == '-' || c == '.'; }

bool is_domain_name(std::string_view name) noexcept {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name[0] == '-' || name.find("..") != std::string_view::npos)
    return false;
  const auto top = name.substr(dot + 1);
  const auto is_top = [](char c) { return is_letter(c) && !is_digit(c); };
  return top.size() >= 2 && std::ranges::all_of(top, is_top) &&
         std::ranges::none_of(file_endings, [top](std::string_view ending) { return equal_any_case(top, ending); });
}

/// The digits from `at` on, `count` of them.
bool has_digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
  const auto part = text.substr(std::min(at, text.size()), count);
  return part.size() == count && std::ranges::all_of(part, is_digit);
}

bool is_bounded(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  if (begin > 0 && (is_letter(text[begin - 1]) || is_one_of(text[begin - 1], "_-.+/#@$%&")))
    return false;
  if (end == text.size())
    return true;
  const auto goes_on = is_one_of(text[end], "-./") && end + 1 < text.size() && is_digit(text[end + 1]);
  return !goes_on && !is_letter(text[end]) && text[end] != '_' && text[end] != '@';
}

/// Behind the '+': groups of digits, parted by single blanks, dashes or dots, or in parentheses.
std::size_t international_size(std::string_view text, std::size_t at) noexcept {
  auto digits = std::size_t{0};
  auto end = at + 1;
  if (end == text.size() || !is_digit(text[end]) || text[end] == '0')
    return 0;
  for (auto i = end; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      ++digits;
      end = i + 1;
    } else if (!is_one_of(text[i], " -.()") || i > end + 1) {
      break;
    }
  }
  return digits >= phone_digits_min && digits <= phone_digits_max ? end - at : 0;
}

/// The North American Numbering Plan: area and exchange begin with 2 to 9.
std::size_t american_size(std::string_view text, std::size_t at) noexcept {
  const auto open = text[at] == '(';
  if (text.size() - at < american_size_min || (!open && !is_one_of(text[at + 3], "-. ")))
    return 0;
  const auto area = at + (open ? 1 : 0);
  if (!has_digits(text, area, 3) || text[area] < '2')
    return 0;
  auto exchange = area + 3;
  if (open) {
    if (!text.substr(exchange).starts_with(')'))
      return 0;
    exchange += text.substr(exchange + 1).starts_with(' ') ? 2 : 1;
  } else {
    ++exchange;
  }
  if (!has_digits(text, exchange, 3) || text[exchange] < '2' || exchange + 3 >= text.size())
    return 0;
  const auto separator = text[exchange + 3];
  const auto same = open ? is_one_of(separator, "-. ") : separator == text[exchange - 1];
  return same && has_digits(text, exchange + 4, 4) ? exchange + 8 - at : 0;
}

} // namespace

std::optional<finding> find_email(std::string_view text, std::size_t at, std::size_t floor) noexcept {
  auto begin = at;
  while (begin > floor && at - begin < local_max && is_local(text[begin - 1]))
    --begin;
  while (begin < at && !is_letter(text[begin]) && text[begin] != '_') // a sign before it
    ++begin;
  auto end = at + 1;
  while (end < text.size() && end - at <= domain_max && is_domain(text[end]))
    ++end;
  while (end > at + 1 && is_one_of(text[end - 1], ".-"))
    --end;
  if (begin == at || text[at - 1] == '.' || !is_domain_name(text.substr(at + 1, end - at - 1)))
    return std::nullopt;
  return finding{text.substr(begin, end - begin), redaction_class::email};
}

std::optional<finding> find_phone(std::string_view text, std::size_t at) noexcept {
  const auto size = text[at] == '+' ? international_size(text, at) : american_size(text, at);
  if (size == 0 || !is_bounded(text, at, at + size))
    return std::nullopt;
  return finding{text.substr(at, size), redaction_class::phone};
}

std::optional<finding> find_contact(std::string_view text, std::size_t at, std::size_t floor) noexcept {
  return text[at] == '@' ? find_email(text, at, floor) : find_phone(text, at);
}

} // namespace cleartap::masking
