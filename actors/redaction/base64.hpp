// Finds text that is written in base64 or base64url (RFC 4648) and asks what it holds. Refuses to look into binary
// data.
#pragma once

#include "actors/redaction/mask_writer.hpp"
#include "actors/redaction/word_runs.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap::masking {

/// Digits of the shortest run that is looked into: nine bytes, less than a social security number has.
inline constexpr auto base64_size_min = std::size_t{12};

/// The digits of a run.
template <class Lane>
Lane base64_bytes(Lane bytes) noexcept {
  return bytes.folded().within('a', 'z') | bytes.within('/', '9') | bytes.is('+') | bytes.is('-') | bytes.is('_');
}

/// Bit i: whether a run that is looked into may begin at byte i, by what the block has of it. Its digits 0, 4 and 8 are
/// the first of three bytes of ASCII, or it opens JSON: "ey", "ew", "W3" or "Wy".
template <class Block>
std::uint64_t base64_openings(const Block& block) noexcept {
  const auto of_text =
      block.bits([](auto bytes) { return bytes.within('C', 'D') | bytes.within('I', 'Z') | bytes.within('a', 'f'); });
  const auto of_json = block.bits([](auto bytes) { return bytes.is('e') | bytes.is('W'); });
  const auto behind = block.bits([](auto bytes) { return bytes.is('y') | bytes.is('w') | bytes.is('3'); });
  const auto later = [](std::uint64_t bits, std::size_t by) { return bits >> by | ~(~std::uint64_t{0} >> by); };
  return (of_text & later(of_text, 4) & later(of_text, 8)) | (of_json & later(behind, 1));
}

/// The first run, at `from` or behind it, that begins with base64 of ASCII text, with its padding and the lines that go
/// on with it. `cut`: the text goes on behind its end, and a run at its end may be shorter. Most words, hashes and
/// binary data are let go by their first bytes.
[[nodiscard]] std::optional<std::string_view> find_base64(std::string_view text, std::size_t from, bool cut) noexcept;

/// Whether find_base64() finds one, without a call for short texts.
inline bool holds_base64(std::string_view text, bool cut) noexcept {
  return (cut || text.size() >= base64_size_min) && find_base64(text, 0, cut).has_value();
}

/// The class of the first secret in what `part`, a run, says; nothing if that is no text or holds none.
/// `behind_scheme`: the word "Basic" stands before it (RFC 7617), and a name and a password are a secret. `out`: the
/// writer of the text that `part` is in.
[[nodiscard]] std::optional<redaction_class> class_of_base64(std::string_view part, bool behind_scheme, bool cut,
                                                             mask_writer& out);

using base64_search = search_ahead<find_base64>;

} // namespace cleartap::masking
