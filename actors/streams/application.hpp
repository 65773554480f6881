// Tells what speaks on top of HTTP in an exchange: gRPC, GraphQL, WebSocket, server-sent events. Refuses to change the
// exchange.
#pragma once

#include "messages/exchange.hpp"

namespace cleartap {

/// Without the counts of gRPC's messages. Bodies are looked at as far as they are there, codings removed.
[[nodiscard]] std::optional<application_call> application_of(const exchange& what);

/// Whether the body is a stream of server-sent events, which has no end that is worth waiting for.
[[nodiscard]] bool is_event_stream(const http_headers& headers) noexcept;

/// Whether a Content-Type is gRPC's, or gRPC-Web's.
[[nodiscard]] std::optional<application_protocol> grpc_type(const http_headers& headers) noexcept;

} // namespace cleartap
