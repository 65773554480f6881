// Removes gzip and deflate from a body. Refuses every other coding: what cannot be read is not passed on.
#pragma once

#include "messages/exchange.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <zlib.h>

namespace cleartap {

class content_decoder {
public:
  enum class outcome : std::uint8_t {
    done,       // decoded, or there was nothing to decode
    cut,        // the decoded body is longer than `size_max`; its beginning is there
    undecodable // the body is empty now
  };

  /// Removes, in reverse order, the codings that Content-Encoding (RFC 9110, 8.4) and Transfer-Encoding name. A body
  /// that was truncated before, or that stops before its coding ends, is decoded as far as it goes and marked
  /// truncated.
  [[nodiscard]] outcome decode(const http_headers& headers, http_body& body, std::size_t size_max);

private:
  enum class format : int { gzip = 15 + 16, zlib = 15, raw = -15 }; // zlib's windowBits
  struct end {
    void operator()(z_stream* stream) const noexcept;
  };

  enum class ending { whole, early, limit, damaged };

  bool prepare(format how);
  ending inflate(std::string_view from, format how, std::size_t size_max, std::string& into);
  ending remove(std::string_view coding, std::string_view from, std::size_t size_max, std::string& into);

  std::unique_ptr<z_stream, end> stream_; // kept, because its window costs more than a small body
};

} // namespace cleartap
