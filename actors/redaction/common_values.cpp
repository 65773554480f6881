#include "actors/redaction/common_values.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/base64.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/providers.hpp"
#include "actors/redaction/word_runs.hpp"

namespace cleartap::masking {

namespace {

template <class Lane>
Lane hex_digits(Lane bytes) noexcept {
  return bytes.within('0', '9') | bytes.folded().within('a', 'f');
}

/// Where the path or the host of a URL begins; 0 if the text begins with no "http://" or "https://".
std::size_t behind_scheme(std::string_view text) noexcept {
  return starts_with(text, "https://") ? 8 : starts_with(text, "http://") ? 7 : 0;
}

} // namespace

bool is_timestamp(std::string_view text) noexcept {
  constexpr auto fraction_max = std::size_t{9};
  if (text.size() < 19 || text[16] != ':' || !is_digit(text[17]) || !is_digit(text[18]))
    return false;
  const auto lane = vector_lane::load(text.data()); // "dddd-dd-ddTdd:dd"; bit 0 is the first byte
  if (lane.within('0', '9').bits() != 0b1101'1011'0110'1111 || lane.is('-').bits() != 0b0000'0000'1001'0000 ||
      (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
    return false;
  text.remove_prefix(19);
  if (text.starts_with('.')) {
    auto size = std::size_t{1};
    while (size < text.size() && size <= fraction_max && is_digit(text[size]))
      ++size;
    text.remove_prefix(size);
  }
  if (text.empty() || text == "Z")
    return true;
  return text.size() == 6 && is_one_of(text[0], "+-") && is_digit(text[1]) && is_digit(text[2]) && text[3] == ':' &&
         is_digit(text[4]) && is_digit(text[5]);
}

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != 36)
    return false;
  const auto digits = hex_digits(vector_lane::load(text.data())).bits() |
                      hex_digits(vector_lane::load(text.data() + 16)).bits() << 16 |
                      hex_digits(vector_lane::load(text.data() + 20)).bits() << 20;
  constexpr auto dashes =
      std::uint64_t{1} << 8 | std::uint64_t{1} << 13 | std::uint64_t{1} << 18 | std::uint64_t{1} << 23;
  return (digits | dashes) == (std::uint64_t{1} << 36) - 1 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
         text[23] == '-';
}

[[gnu::flatten]] bool is_plain_url(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  constexpr auto size_max = std::size_t{128};
  constexpr auto digits_max = std::size_t{6}; // a phone number has more
  const auto url = text.substr(begin, end - begin);
  const auto scheme = behind_scheme(url);
  if (scheme == 0 || url.size() > size_max)
    return false;
  auto words = word_runs{};
  auto digits = std::size_t{0};
  auto has_long_word = false;
  auto may_hold_base64 = false;
  for (auto at = begin + scheme; at < end; at += block_size) {
    const auto block = byte_block::read(text, at);
    const auto own = end - at < block_size ? ~bits_from(end - at) : ~std::uint64_t{0};
    const auto word = own & block.bits([](auto bytes) { return word_bytes(bytes); });
    const auto between = block.bits([](auto bytes) { return bytes.is('/') | bytes.is('~'); });
    const auto token = block.bits([](auto bytes) { return bytes.is('J'); }); // of "eyJ"
    if ((own & (token | ~(word | between))) != 0)
      return false;
    digits += count_of(own & block.bits([](auto bytes) { return bytes.within('0', '9'); }));
    has_long_word |= words.next(word) != 0;
    may_hold_base64 |= (own & base64_openings(block)) != 0;
  }
  return digits <= digits_max && (!has_long_word || !find_provider(url, 0, false)) &&
         (!may_hold_base64 || !holds_base64(url, false));
}

} // namespace cleartap::masking
