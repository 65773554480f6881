#include "messages/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace cleartap {

namespace {

/// What may follow a lead byte: how many bytes, and the range of the first of them. The ranges exclude overlong forms,
/// surrogates and code points above U+10FFFF (Unicode 15, table 3-7).
struct continuation {
  std::size_t count = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

/// Nothing well-formed starts with a `lead` whose answer is empty.
constexpr continuation continuation_of(std::uint8_t lead) noexcept {
  if (lead >= 0xC2 && lead <= 0xDF)
    return {.count = 1};
  if (lead >= 0xE0 && lead <= 0xEF)
    return {2, lead == 0xE0 ? std::uint8_t{0xA0} : std::uint8_t{0x80},
            lead == 0xED ? std::uint8_t{0x9F} : std::uint8_t{0xBF}};
  if (lead >= 0xF0 && lead <= 0xF4)
    return {3, lead == 0xF0 ? std::uint8_t{0x90} : std::uint8_t{0x80},
            lead == 0xF4 ? std::uint8_t{0x8F} : std::uint8_t{0xBF}};
  return {};
}

struct sequence {
  std::size_t length = 1;
  bool well_formed = false;
};

/// The sequence that starts at `rest[0]`; an ill-formed one ends before the first byte that cannot belong to it.
constexpr sequence first_sequence(std::string_view rest) noexcept {
  const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(rest[index]); };
  if (byte(0) < 0x80)
    return {1, true};
  auto next = continuation_of(byte(0));
  if (next.count == 0)
    return {};
  auto length = std::size_t{1};
  for (; length <= next.count; ++length) {
    if (length == rest.size() || byte(length) < next.low || byte(length) > next.high)
      return {length, false};
    next.low = 0x80;
    next.high = 0xBF;
  }
  return {length, true};
}

} // namespace

std::string well_formed_utf8(std::string_view bytes) {
  auto out = std::string{};
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto [length, well_formed] = first_sequence(bytes);
    out += well_formed ? bytes.substr(0, length) : std::string_view{"\xEF\xBF\xBD"};
    bytes.remove_prefix(length);
  }
  return out;
}

bool is_utf8(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto [length, well_formed] = first_sequence(bytes);
    if (!well_formed)
      return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string rfc3339(wall_time when) {
  using namespace std::chrono;
  const auto day = floor<days>(when);
  const auto date = year_month_day{day};
  const auto time = hh_mm_ss{floor<milliseconds>(when) - day};
  char out[64]; // the years of a 64-bit count of nanoseconds are 1677 to 2262
  const auto size =
      std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {out, static_cast<std::size_t>(size)};
}

std::string base64(std::string_view bytes) {
  constexpr auto digits = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  auto out = std::string{};
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0u; };
    const auto group = at(0) << 16 | at(1) << 8 | at(2);
    out += digits[group >> 18];
    out += digits[group >> 12 & 63];
    out += bytes.size() > 1 ? digits[group >> 6 & 63] : '=';
    out += bytes.size() > 2 ? digits[group & 63] : '=';
  }
  return out;
}

} // namespace cleartap
