#include "actors/redaction/json_scanner.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/base64.hpp"

#include <algorithm>

namespace cleartap::masking {

namespace {

constexpr auto number_digits_min = std::size_t{9}; // of a social security number
constexpr auto phone_digits_min = std::size_t{7};
constexpr auto cut_digits_min = std::size_t{4};
constexpr auto key_block_min = std::size_t{27}; // of "-----BEGIN PRIVATE KEY-----"

static_assert(base64_size_min > provider_word_min); // so that the runs of words are short enough

/// The bytes behind backslashes, which belong to them: a quote there ends no string. `carry`: the first byte of the
/// block is one; then, that of the next.
std::uint64_t escaped_bytes(std::uint64_t backslashes, bool& carry) noexcept {
  auto escaped = std::uint64_t{carry ? 1u : 0u};
  carry = false;
  for (auto left = backslashes & ~escaped; left != 0;) {
    const auto at = lowest_bit(left);
    carry = at + 1 == block_size;
    const auto behind = std::uint64_t{2} << at;
    escaped |= behind;
    left &= ~(behind | behind >> 1) & (left - 1);
  }
  return escaped;
}

/// Whether an escape may stand for any byte, or for one that joins words: "\\/". The others part them.
bool hides_bytes(std::string_view text) noexcept {
  for (auto at = text.find('\\'); at < text.size(); at = text.find('\\', at + 2))
    if (at + 1 == text.size() || !is_one_of(text[at + 1], "\"\\bfnrt"))
      return true;
  return false;
}

/// The same byte by byte, for a string without escapes that is too short for a long word.
string_marks marks_of_short(std::string_view text) noexcept {
  auto out = string_marks{};
  for (auto c : text) {
    out.digits += is_digit(c) ? 1 : 0;
    out.key |= c == ':' || c == '<' || c == '=' || c == 'J' || c == '%' || c == '&';
    out.dash |= c == '-';
    out.contact |= c == '@';
  }
  return out;
}

} // namespace

bool string_marks::may_hold_number() const noexcept { return digits >= number_digits_min; }

bool string_marks::may_hold_contact(const json_string& string) const noexcept {
  return contact || (digits >= phone_digits_min && string.content.find('+') != std::string_view::npos);
}

bool string_marks::may_hold_secret(const json_string& string, bool cut) const noexcept {
  return hidden || key || may_hold_number() || (cut && digits >= cut_digits_min) ||
         (dash && string.content.size() >= key_block_min);
}

[[gnu::flatten]] string_marks marks_of(const json_string& string) noexcept {
  auto out = string_marks{};
  if (string.escaped && hides_bytes(string.content)) {
    out.hidden = true;
    return out;
  }
  if (!string.noticed)
    return out;
  if (string.content.size() < provider_word_min && !string.escaped)
    return marks_of_short(string.content);
  auto words = word_runs{};
  auto runs = word_runs{};
  auto carry = false;
  const auto text = string.content;
  for (auto at = std::size_t{0}; at < text.size(); at += block_size) {
    const auto block = byte_block::read(text, at);
    const auto backslashes = string.escaped ? block.bits([](auto bytes) { return bytes.is('\\'); }) : 0;
    const auto own = ~escaped_bytes(backslashes, carry);
    const auto keys = block.bits(
        [](auto bytes) { return bytes.is(':') | bytes.within('<', '=') | bytes.is('J') | bytes.within('%', '&'); });
    out.digits += count_of(own & block.bits([](auto bytes) { return bytes.within('0', '9'); }));
    out.key |= (own & keys) != 0;
    out.dash |= (own & block.bits([](auto bytes) { return bytes.is('-'); })) != 0;
    out.contact |= (own & block.bits([](auto bytes) { return bytes.is('@'); })) != 0;
    out.word |= words.next(block.bits([](auto bytes) { return token_bytes(bytes); })) != 0;
    out.run |= runs.next(block.bits([](auto bytes) { return base64_bytes(bytes); })) != 0;
  }
  return out;
}

json_string json_scanner::read_string(std::size_t at) noexcept {
  auto out = json_string{};
  auto end = at + 1;
  while (end < text_.size() && !out.closed) {
    const auto offset = end % block_size;
    const auto begin = end - offset;
    const auto& block = enter(begin);
    const auto ahead = bits_from(offset);
    auto stops = block.ends & ahead;
    end = begin + block_size;
    while (stops != 0 && !out.closed) {
      const auto stop = lowest_bit(stops);
      const auto c = text_[begin + stop];
      out.closed = c == text_[at];
      out.escaped |= c == '\\';
      if (out.closed)
        end = begin + stop;
      else if (c == '\\' && stop + 1 == block_size)
        ++end; // what it escapes is in the next block
      stops &= c == '\\' ? ~(std::uint64_t{3} << stop) : stops - 1;
    }
    const auto read = end < begin + block_size ? ~bits_from(end - begin) : ~std::uint64_t{0};
    out.noticed |= (block.noticed & ahead & read) != 0;
  }
  end = std::min(end, text_.size());
  out.content = text_.substr(at + 1, end - at - 1);
  out.end = end + (out.closed ? 1 : 0);
  return out;
}

const json_scanner::block_marks& json_scanner::enter_other(std::size_t block) noexcept {
  if (block == before_.begin)
    return before_;
  before_ = entered_;
  if (block != 0 && block != entered_.begin + block_size) { // what was between was no string
    runs_ = {};
    classify(block - block_size); // a word may begin there
    before_ = entered_;
  }
  classify(block);
  return entered_;
}

[[gnu::flatten]] void json_scanner::classify(std::size_t at) noexcept {
  const auto block = byte_block::read(text_, at);
  const auto words = block.bits([](auto bytes) { return bytes.within('-', 'z') | bytes.is('+'); }); // and few others
  entered_.begin = at;
  entered_.ends = block.bits([](auto bytes) { return bytes.is('"') | bytes.is('\'') | bytes.is('\\'); });
  entered_.noticed = runs_.next(words);
  entered_.noticed |= block.bits([](auto bytes) {
    return bytes.within('0', '=') | bytes.within('%', '&') | bytes.is('J') | bytes.is('-') | bytes.is('@');
  });
  if (all_)
    entered_.noticed = ~std::uint64_t{0};
}

} // namespace cleartap::masking
