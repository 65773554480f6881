// Tells whether bytes begin an HTTP/1 message. Refuses to look beyond the first few: the parser checks the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cleartap {

enum class message_start : std::uint8_t {
  undecided, // a beginning of one so far
  request,   // a method, SP and a character that begins a target (RFC 9112, 3)
  response,  // HTTP/1.x SP 3DIGIT (RFC 9112, 4)
  http2,     // the client's preface (RFC 9113, 3.4), or what can be the header of a frame
  none
};

/// With this many bytes the answer is never `undecided`.
inline constexpr std::size_t message_start_size = 20; // the longest method that is registered, and a path

/// Which methods begin a request. Any may, but where a line may have lost its beginning, its rest would pass for one.
enum class method_set : std::uint8_t { known, any };

/// Looks at no more than `message_start_size` bytes.
[[nodiscard]] message_start recognise_message_start(std::span<const std::uint8_t> bytes, method_set methods) noexcept;

} // namespace cleartap
