// Removes the compression of the messages inside a gRPC body, so that what follows sees plain ones. Refuses to know
// protobuf.
#pragma once

#include "actors/streams/codings.hpp"
#include "actors/streams/decoding_limits.hpp"
#include "messages/exchange.hpp"

namespace cleartap {

struct grpc_messages {
  decode_outcome how = decode_outcome::done;
  std::size_t whole = 0; // how many messages the body has from their beginning to their end
  bool last_cut = false; // another one is behind them, of which the end, or all, is not there
};

/// The body is a sequence of a flag (0 plain, 1 compressed by `grpc_encoding`), a length of four bytes, big-endian, and
/// that many bytes (gRPC over HTTP/2, Length-Prefixed-Message). Each is written again as a plain one. Of a message
/// that is cut the length says more than is there; if it was compressed, one byte more, since nobody knows. Trailers of
/// gRPC-Web (flag 0x80) are text and stay as they are; they are no message. The limits are for the body as a whole.
/// A message that cannot be read, compressed trailers among them, empties all of the body: undecodable.
[[nodiscard]] grpc_messages decode_grpc_messages(std::string_view grpc_encoding, http_body& body, std::size_t size_max,
                                                 codings& removing, const decoding_limits& limits = {});

} // namespace cleartap
