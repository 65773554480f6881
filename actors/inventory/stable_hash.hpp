// The hash that orders bounded evidence and names APIs. Refuses to be random: its values are in databases and URLs.
#pragma once

#include <cstdint>
#include <string_view>

namespace cleartap {

/// SipHash-2-4 with the fixed key 00 01 .. 0f. The key is public, so whoever tries can find two names of equal hash; to
/// find one for a given hash takes about 2^64 trials. Equal hashes must therefore be told apart by name.
[[nodiscard]] std::uint64_t stable_hash(std::string_view bytes) noexcept;

} // namespace cleartap
