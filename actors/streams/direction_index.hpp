// Where each direction stands in a pair of things that a connection has for both, as `ends` of a tls_chunk.
#pragma once

#include "messages/capture.hpp"

#include <cstddef>

namespace cleartap {

constexpr std::size_t index(direction way) noexcept { return way == direction::inbound ? 0 : 1; }

} // namespace cleartap
