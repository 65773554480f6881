// Removes the content and transfer codings of a body, within limits. Refuses a coding that it does not know: what
// cannot be read is not passed on.
#pragma once

#include "actors/streams/codings.hpp"
#include "actors/streams/decoding_limits.hpp"
#include "messages/exchange.hpp"

#include <vector>

namespace cleartap {

class content_decoder {
public:
  static constexpr std::size_t layers_max = 2; // honest senders use one, or one each of the content and the transfer

  using outcome = decode_outcome;

  /// Removes, in reverse order, the codings that Content-Encoding (RFC 9110, 8.4) and Transfer-Encoding name. A body
  /// that was truncated before, or that stops before its coding ends, is decoded as far as it goes and marked
  /// truncated, and so is one that reaches a limit. `size_max` is what is kept of it.
  [[nodiscard]] outcome decode(const http_headers& headers, http_body& body, std::size_t size_max,
                               const decoding_limits& limits = {});

  /// What is kept between two bodies, also for the codings of messages inside one.
  codings& kept() noexcept { return codings_; }

private:
  outcome remove(std::vector<coding> layers, http_body& body, std::size_t size_max, const decoding_limits& limits);

  codings codings_;
};

} // namespace cleartap
