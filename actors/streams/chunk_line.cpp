#include "actors/streams/chunk_line.hpp"

namespace cleartap {

namespace {

/// Beyond 15: none.
unsigned digit_of(std::uint8_t byte) noexcept {
  if (byte >= '0' && byte <= '9')
    return byte - unsigned{'0'};
  auto letter = byte | 0x20u;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

} // namespace

chunk_line::outcome chunk_line::take(std::span<const std::uint8_t>& bytes) noexcept {
  while (!bytes.empty() && next_ != part::over && next_ != part::wrong) {
    next_ = ++length_ > length_max ? part::wrong : after(bytes.front());
    bytes = bytes.subspan(1);
  }
  return next_ == part::over ? outcome::whole : next_ == part::wrong ? outcome::wrong : outcome::unfinished;
}

chunk_line::part chunk_line::after(std::uint8_t byte) noexcept {
  switch (next_) {
  case part::data_end:
    return byte == '\n' ? part::first_digit : byte == '\r' ? part::data_line_feed : part::wrong;
  case part::data_line_feed:
    return byte == '\n' ? part::first_digit : part::wrong;
  case part::first_digit:
    return add_digit(byte);
  case part::digits:
    if (byte == ' ' || byte == '\t' || byte == ';')
      return part::extension;
    [[fallthrough]];
  case part::extension:
    if (byte == '\r' || byte == '\n')
      return byte == '\n' ? part::over : part::line_feed;
    return next_ == part::digits ? add_digit(byte) : part::extension;
  case part::line_feed:
    return byte == '\n' ? part::over : part::wrong;
  case part::over:
  case part::wrong:
    break;
  }
  return part::wrong;
}

chunk_line::part chunk_line::add_digit(std::uint8_t byte) noexcept {
  auto digit = digit_of(byte);
  if (digit > 15 || size_ >> 59 != 0) // llhttp takes no more either
    return part::wrong;
  size_ = size_ << 4 | digit;
  return part::digits;
}

} // namespace cleartap
