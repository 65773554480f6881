// Strings that are common and would each be searched for what they cannot hold: times, ids, links. Refuses to know keys
// and what is around them.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

/// Whether a string is a time (RFC 3339, or with a blank as separator) and no more. It has no name of two letters and
/// no number that could be one of a card, a person or a phone.
[[nodiscard]] bool is_timestamp(std::string_view text) noexcept;

/// Whether a string is a UUID (RFC 9562) and no more.
[[nodiscard]] bool is_uuid(std::string_view text) noexcept;

/// Whether the bytes of `text` from `begin` to `end` are a short URL without user information and query, and without
/// digits for a number or a phone. A provider's token and base64 are all that it could hold, and it holds neither.
[[nodiscard]] bool is_plain_url(std::string_view text, std::size_t begin, std::size_t end) noexcept;

} // namespace cleartap::masking
