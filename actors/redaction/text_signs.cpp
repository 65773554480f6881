#include "actors/redaction/text_signs.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"

namespace cleartap::masking {

namespace {

/// `bits`, each in the place of the one `by` below it; those of the next block are not known and taken for set.
std::uint64_t ahead(std::uint64_t bits, std::size_t by) noexcept { return bits >> by | bits_from(block_size - by); }

/// Likewise from below.
std::uint64_t behind(std::uint64_t bits, std::size_t by) noexcept { return bits << by | ~bits_from(by); }

template <class Lane>
Lane space_bytes(Lane bytes) noexcept {
  return bytes.within('\t', '\n') | bytes.is('\r') | bytes.is(' ');
}

} // namespace

/// Where runs of digits begin, and phone numbers with a '+'. Two digits open no number, but may be all that is left of
/// one where a text was cut.
std::uint64_t text_signs::numbers(const byte_block& block, std::size_t at) const noexcept {
  const auto digits = block.bits([](auto bytes) { return bytes.within('0', '9'); });
  const auto goes_on = at > 0 && is_digit(text_[at - 1]);
  const auto begins = digits & ~(digits << 1 | (goes_on ? 1u : 0u));
  const auto phones = block.bits([](auto bytes) { return bytes.is('+'); }) & ahead(digits, 1);
  if (cut_ && text_.size() - at < cut_number_max + block_size)
    return begins | phones;
  return (begins & ahead(digits, 1) & ahead(digits, 2)) | phones;
}

[[gnu::flatten]] void text_signs::classify(std::size_t at) noexcept {
  const auto block = byte_block::read(text_, at);
  block_ = at;
  signs_ = block.bits([](auto bytes) {
    return bytes.is(':') | bytes.within('<', '=') | bytes.within('%', '&') | bytes.is('\\') | bytes.is('(') |
           bytes.is('@');
  });
  signs_ |= numbers(block, at);
  if (const auto tokens = block.bits([](auto bytes) { return bytes.is('J'); }); tokens != 0) // of "eyJ"
    signs_ |= tokens & behind(block.bits([](auto bytes) { return bytes.is('y'); }), 1);
  const auto dashes = block.bits([](auto bytes) { return bytes.is('-'); }); // of "-----BEGIN" and of options
  const auto quotes = block.bits([](auto bytes) { return bytes.is('"') | bytes.is('\''); });
  if ((dashes | quotes) != 0) {
    const auto pairs = dashes & ahead(dashes, 1);
    const auto spaces = block.bits([](auto bytes) { return space_bytes(bytes); });
    const auto opens_option = behind(spaces | quotes | block.bits([](auto bytes) { return bytes.is('`'); }), 1);
    signs_ |= (pairs & ahead(pairs, 2)) | (dashes & opens_option) | (quotes & behind(spaces, 1));
  }
}

} // namespace cleartap::masking
