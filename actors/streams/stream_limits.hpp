// The limits of the streams stage, gathered from the settings. Knows nothing of what reaching one means.
#pragma once

#include "actors/streams/decoding_limits.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstddef>

namespace cleartap {

struct stream_limits {
  std::size_t head_max = 0; // bytes kept of one head: target, names and values
  std::size_t headers_max = 0;
  std::size_t request_body_max = 0; // bytes kept of one body, carried and decoded alike
  std::size_t response_body_max = 0;
  decoding_limits decoding;
  std::size_t pipeline_max = 0;
  std::size_t continuations_max = 0; // CONTINUATION frames of one header block
  std::size_t streams_max = 0;       // open on one HTTP/2 connection
  std::size_t header_table_max = 0;  // bytes of one HPACK table
  std::size_t memory_max = 0;        // bytes of heads and bodies that this shard keeps
  std::chrono::nanoseconds open_max{0};
  std::size_t connections_max = 0;
  std::chrono::nanoseconds idle_max{0};
  std::size_t search_max = 16 * 1024 * 1024; // bytes without HTTP, such as the rest of a body, then it is none
};

inline stream_limits limits_of(const settings& from) {
  auto limits = stream_limits{};
  limits.head_max = from.streams.head_max;
  limits.headers_max = from.streams.headers_max;
  limits.request_body_max = from.bodies.request_max;
  limits.response_body_max = from.bodies.response_max;
  limits.decoding = {from.bodies.decoded_max, from.bodies.ratio_max};
  limits.pipeline_max = from.streams.pipeline_max;
  limits.continuations_max = from.streams.continuations_max;
  limits.streams_max = from.streams.streams_max;
  limits.header_table_max = from.streams.header_table_max;
  limits.memory_max = from.streams.memory_max / from.pipeline.streams.actors;
  limits.open_max = from.streams.open_max;
  limits.connections_max = from.streams.connections_max;
  limits.idle_max = from.streams.idle_max;
  return limits;
}

} // namespace cleartap
