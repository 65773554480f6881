// Removes brotli (RFC 7932) by libbrotlidec. Refuses to know headers and limits of bodies.
#pragma once

#include "actors/streams/coding.hpp"

namespace cleartap {

/// Keeps nothing between two bodies: a decoder of the library cannot be used again.
class brotli_coding {
public:
  /// `full` too where a part of the body says that it is more than 1 MiB and 512 times as long as all that came.
  [[nodiscard]] coding_end remove(std::string_view from, coding_output& into);
};

} // namespace cleartap
