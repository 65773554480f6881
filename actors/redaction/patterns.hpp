// Finds secrets that show by their own form, whatever key they are under: cards, social security numbers, JSON Web
// Tokens, private keys. Refuses to know keys and formats.
#pragma once

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/mask.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

struct finding {
  std::string_view part;
  redaction_class kind = redaction_class::custom;
};

/// Whether a pattern can be noticed at a byte of this value.
constexpr bool opens_pattern(char c) noexcept { return is_digit(c) || c == 'J' || c == '-'; }

/// The secret noticed at text[at]; it begins there, a token two bytes before it. `cut`: the text goes on behind its
/// end, so that what it ends with may be the beginning of a secret.
///   card, ssn   see cards.hpp
///   jwt         RFC 7519, 7515, 7516: base64url parts, the first of them a JSON object ("eyJ")
///   pem         RFC 7468: a block whose label says PRIVATE KEY, to its end line or to the end of the text
[[nodiscard]] std::optional<finding> find_pattern(std::string_view text, std::size_t at, bool cut) noexcept;

} // namespace cleartap::masking
