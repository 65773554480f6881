// What decoding may make of one body, and how it ended. Refuses to know codings.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace cleartap {

struct decoding_limits {
  /// Below it no ratio is judged: a few repeated lines compress to almost nothing.
  static constexpr std::size_t ratio_size_min = 64 * 1024;

  std::size_t decoded_max = 8 * 1024 * 1024; // bytes made of one body by all its layers
  std::size_t ratio_max = 100;               // bytes that one layer makes, per encoded byte of the body
};

enum class decode_outcome : std::uint8_t {
  done,        // decoded, or there was nothing to decode
  cut,         // the decoded body is longer than `size_max`; its beginning is there
  cut_decoded, // the same with decoding_limits::decoded_max
  cut_ratio,   // the same with decoding_limits::ratio_max
  undecodable  // the body is empty now
};

/// How many bytes may be made, and which limit that is.
struct decoding_allowance {
  std::size_t size = 0;
  decode_outcome reached = decode_outcome::cut;

  decoding_allowance within(std::size_t size_max, decode_outcome limit) const noexcept {
    return size_max < size ? decoding_allowance{size_max, limit} : *this;
  }
  /// `encoded` is the size of the whole body as it came, for each of its layers: two are not allowed the square.
  decoding_allowance within_ratio(const decoding_limits& limits, std::size_t encoded) const noexcept {
    return within(std::max(decoding_limits::ratio_size_min, limits.ratio_max * encoded), decode_outcome::cut_ratio);
  }
};

/// For a layer of whose output `size_max` bytes are kept; the layer before has made `made`.
inline decoding_allowance allowance_kept(const decoding_limits& limits, std::size_t encoded, std::size_t size_max,
                                         std::size_t made = 0) noexcept {
  return decoding_allowance{size_max, decode_outcome::cut}
      .within(limits.decoded_max - std::min(made, limits.decoded_max), decode_outcome::cut_decoded)
      .within_ratio(limits, encoded);
}

/// For a layer whose output is only the next one's input. It leaves room for what is kept of that one.
inline decoding_allowance allowance_between(const decoding_limits& limits, std::size_t encoded,
                                            std::size_t size_max) noexcept {
  const auto left_over = std::min(size_max, limits.decoded_max / 2);
  return decoding_allowance{limits.decoded_max - left_over, decode_outcome::cut_decoded}.within_ratio(limits, encoded);
}

} // namespace cleartap
