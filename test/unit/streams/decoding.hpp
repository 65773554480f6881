// One body through a decoder of its own.
#pragma once

#include "actors/streams/content_decoder.hpp"

#include <string>

namespace cleartap {

struct decoded_body {
  http_body body;
  decode_outcome how;
};

inline http_body body_of(std::string bytes, bool truncated = false) {
  const auto size = bytes.size();
  return {.bytes = std::move(bytes), .size_carried = size, .truncated = truncated};
}

inline decoded_body decode(const http_headers& headers, std::string bytes, std::size_t size_max = 1024 * 1024,
                           const decoding_limits& limits = {}) {
  auto decoder = content_decoder{};
  auto body = body_of(std::move(bytes));
  const auto how = decoder.decode(headers, body, size_max, limits);
  return {std::move(body), how};
}

inline decoded_body decode(const char* coding, std::string bytes, std::size_t size_max = 1024 * 1024,
                           const decoding_limits& limits = {}) {
  return decode(http_headers{{"Content-Encoding", coding}}, std::move(bytes), size_max, limits);
}

} // namespace cleartap
