// Decodes the header blocks of one direction of an HTTP/2 connection. Refuses to guess: what it cannot know it says to
// be unknown.
#pragma once

#include "actors/streams/hpack_inflater.hpp"
#include "actors/streams/late_hpack.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cleartap {

class hpack_decoder {
public:
  enum class join : std::uint8_t {
    at_start, // the next block is the connection's first: everything is known
    late      // blocks came before: what they inserted is unknown
  };

  /// `table_max`: bytes of dynamic table (RFC 7541, 4.1) that are remembered; entries of a larger table that do not fit
  /// become unknown. Nothing is allocated before the first block.
  hpack_decoder(join how, std::size_t table_max);

  /// A whole block: the fragments of HEADERS or PUSH_PROMISE and of CONTINUATION behind each other, without padding.
  /// Visits every field in order. False: malformed; what was visited stands, and the decoder goes on as after lose().
  /// An empty block is well-formed and has no fields. A string of more than 64 KiB counts as malformed.
  [[nodiscard]] bool decode(std::span<const std::uint8_t> block, const field_visitor& visit);

  /// A block may have been lost, and insertions with it: indices do not tell the entries so far any more.
  void lose();

  /// Nothing comes for a while: gives back what is not needed to go on. A table that is known from the start goes on as
  /// a log of its insertions, which takes a quarter of nghttp2's memory and is as exact.
  void rest();

private:
  bool decode_from_start(std::span<const std::uint8_t> block, const field_visitor& visit);
  void become_late();

  std::size_t table_max_;
  std::optional<hpack_inflater> inflater_; // since the first block, until the decoder becomes late
  std::optional<late_hpack> late_;
};

} // namespace cleartap
