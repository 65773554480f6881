// One HTTP message as it is taken from the wire, whatever the version. Refuses to know which message answers which.
#pragma once

#include "actors/streams/stream_shard.hpp"
#include "messages/exchange.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace cleartap {

enum class message_kind : std::uint8_t { request, response };
enum class http_version : std::uint8_t { http1_0, http1_1, http2 };

/// Why nothing more is expected of a connection.
enum class connection_end : std::uint8_t { forgotten, process_ended, closed };

/// Why bytes of a body, or fields of a head, are not there. The graver comes later: an exchange is as good as its worse
/// half.
enum class body_loss : std::uint8_t { none, limit, aborted, kernel, gap };

/// Of what is under way then: the end has cut it short, or who knows what.
constexpr body_loss loss_at(connection_end why) noexcept {
  return why == connection_end::forgotten ? body_loss::gap : body_loss::aborted;
}

struct http_message {
  kernel_time first{0}; // when its first byte was seen
  kernel_time last{0};
  std::uint64_t size = 0;   // plaintext bytes that the ledger holds as queued for it
  std::string method;       // requests
  std::string target;       // requests; in HTTP/2 the path
  std::string scheme;       // requests in HTTP/2
  std::string authority;    // requests in HTTP/2
  std::string protocol;     // requests in HTTP/2: that an extended CONNECT asks for (RFC 8441)
  std::uint16_t status = 0; // responses
  http_version version = http_version::http1_1;
  bool fields_unknown = false; // some were sent before HTTP/2 was joined
  bool malformed = false;      // its pseudo-header fields contradict each other (RFC 9113, 8.3)
  body_loss loss = body_loss::none;
  http_headers headers;
  http_headers trailers;
  http_body body;                  // still in its content coding
  std::uint32_t grpc_messages = 0; // whole ones in the body, once it is decoded
  kept_share kept;

  void mark(body_loss why) noexcept { loss = std::max(loss, why); }
  void lose(body_loss why) noexcept {
    mark(why);
    body.truncated = true;
  }

  /// Keeps no more than the limits allow, and nothing behind a loss: it would look as if it followed what came before.
  void add_body(std::string_view part, message_kind kind, stream_shard& shard);
};

} // namespace cleartap
