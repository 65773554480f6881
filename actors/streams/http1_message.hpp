// One HTTP/1 message as it is taken from the wire. Refuses to know which message answers which.
#pragma once

#include "messages/exchange.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace cleartap {

enum class message_kind : std::uint8_t { request, response };

/// Why bytes of a body are not there. The graver comes later: an exchange is as good as its worse half.
enum class body_loss : std::uint8_t { none, limit, kernel, gap };

struct http1_message {
  kernel_time first{0}; // when its first byte was seen
  kernel_time last{0};
  std::uint64_t size = 0; // plaintext bytes that the ledger holds as queued for it
  std::string method;     // requests
  std::string target;
  std::uint16_t status = 0; // responses
  std::uint8_t version_minor = 1;
  http_headers headers; // trailers are not kept
  http_body body;       // still in its content coding
  body_loss loss = body_loss::none;

  void lose(body_loss why) noexcept {
    loss = std::max(loss, why);
    body.truncated = true;
  }
};

} // namespace cleartap
