#include "actors/inventory/text_format.hpp"

#include "actors/inventory/ascii.hpp"

#include <algorithm>
#include <chrono>

namespace cleartap {

namespace {

constexpr auto email_size_max = std::size_t{254};      // RFC 5321 section 4.5.3.1.3, without the angle brackets
constexpr auto email_local_size_max = std::size_t{64}; // RFC 5321 section 4.5.3.1.1
constexpr auto integer_digits_max = std::size_t{18};   // any such number fits into 64 bits
constexpr auto number_digits_max = std::size_t{15};    // any such number survives a double

bool is_digits(std::string_view text) noexcept { return !text.empty() && std::ranges::all_of(text, is_digit); }

/// The digits at `begin`, or nothing if one of them is not a digit. Precondition: the text is that long.
std::optional<unsigned> digits(std::string_view text, std::size_t begin, std::size_t length) noexcept {
  auto sum = 0u;
  for (auto c : text.substr(begin, length)) {
    if (!is_digit(c))
      return std::nullopt;
    sum = sum * 10 + static_cast<unsigned>(c - '0');
  }
  return sum;
}

bool is_date(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-')
    return false;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  using namespace std::chrono;
  return year && month && day &&
         year_month_day{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month}, std::chrono::day{*day}}
             .ok();
}

bool is_time_zone(std::string_view text) noexcept {
  if (text == "Z" || text == "z")
    return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
    return false;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 4, 2);
  return hours && minutes && *hours < 24 && *minutes < 60;
}

bool is_date_time(std::string_view text) noexcept {
  constexpr auto seconds_end = std::size_t{19};
  if (text.size() <= seconds_end || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
    return false;
  const auto hours = digits(text, 11, 2);
  const auto minutes = digits(text, 14, 2);
  const auto seconds = digits(text, 17, 2);
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60) // 60: a leap second
    return false;
  auto rest = text.substr(seconds_end);
  if (rest.front() == '.') {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos)
      return false;
    rest.remove_prefix(end);
  }
  return is_time_zone(rest) && is_date(text.substr(0, 10));
}

bool is_email_local(std::string_view text) noexcept {
  auto accepts = [](char c) { return is_alnum(c) || is_one_of(c, "!#$%&'*+/=?^_`{|}~-."); };
  return !text.empty() && text.size() <= email_local_size_max && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos && std::ranges::all_of(text, accepts);
}

bool is_domain(std::string_view text) noexcept {
  auto accepts = [](char c) { return is_alnum(c) || c == '-' || c == '.'; };
  return text.find('.') != std::string_view::npos && text.find("..") == std::string_view::npos &&
         is_alnum(text.front()) && is_alnum(text.back()) && std::ranges::all_of(text, accepts);
}

bool is_email(std::string_view text) noexcept {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && text.size() <= email_size_max && is_email_local(text.substr(0, at)) &&
         is_domain(text.substr(at + 1));
}

bool is_uri(std::string_view text) noexcept {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0 || scheme_end + 3 == text.size() || is_digit(text[0]))
    return false;
  auto in_scheme = [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; };
  auto in_uri = [](char c) { return is_alnum(c) || is_one_of(c, "-._~:/?#[]@!$&'()*+,;=%"); };
  return std::ranges::all_of(text.substr(0, scheme_end), in_scheme) && std::ranges::all_of(text, in_uri);
}

bool is_octet(std::string_view text) noexcept {
  if (!is_digits(text) || text.size() > 3 || (text.size() > 1 && text.front() == '0'))
    return false;
  return *digits(text, 0, text.size()) < 256;
}

bool is_ipv4(std::string_view text) noexcept {
  if (std::ranges::count(text, '.') != 3)
    return false;
  for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!is_octet(text.substr(0, dot)))
      return false;
    text.remove_prefix(dot + 1);
  }
  return is_octet(text);
}

} // namespace

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != 36)
    return false;
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    const auto dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex_digit(text[i]))
      return false;
  }
  return true;
}

std::optional<string_format> format_of(std::string_view text) noexcept {
  if (text.size() < 6 || text.size() > format_size_max)
    return std::nullopt;
  if (is_uuid(text))
    return string_format::uuid;
  if (is_date(text))
    return string_format::date;
  if (is_date_time(text))
    return string_format::date_time;
  if (is_ipv4(text))
    return string_format::ipv4;
  if (is_uri(text))
    return string_format::uri;
  if (is_email(text))
    return string_format::email;
  return std::nullopt;
}

text_type type_of(std::string_view text) noexcept {
  if (text == "true" || text == "false")
    return text_type::boolean;
  if (text.starts_with('-'))
    text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  if (!is_digits(whole) || (whole.size() > 1 && whole.front() == '0') || whole.size() > integer_digits_max)
    return text_type::string;
  if (point == std::string_view::npos)
    return text_type::integer;
  const auto fraction = text.substr(point + 1);
  return is_digits(fraction) && text.size() - 1 <= number_digits_max ? text_type::number : text_type::string;
}

std::optional<redaction_mark> redaction_in(std::string_view text) noexcept {
  constexpr auto opening = std::string_view{"[REDACTED:"};
  const auto begin = text.find(opening);
  if (begin == std::string_view::npos)
    return std::nullopt;
  const auto name = text.substr(begin + opening.size());
  const auto end = name.find(']');
  const auto known = std::ranges::find(redaction_classes, name.substr(0, end));
  const auto other = redaction_classes.size() - 1;
  const auto index =
      end == std::string_view::npos ? other : static_cast<std::size_t>(known - redaction_classes.begin());
  return redaction_mark{std::min(index, other), begin == 0 && end != std::string_view::npos && end + 1 == name.size()};
}

std::string decode_form(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size());
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    if (starts_with_escape(text.substr(i))) {
      out += unescaped(text.substr(i));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

} // namespace cleartap
