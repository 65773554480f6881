// An HTTP exchange: a request and its response as one observer saw them. Refuses to know TLS and JSON.
#pragma once

#include "messages/capture.hpp"
#include "messages/process.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cleartap {

/// Which side of the call the observed process is. A call seen at both sides is two exchanges; nothing pairs them.
enum class observer_role : std::uint8_t { client, server };

enum class exchange_quality : std::uint8_t {
  complete,
  truncated_kernel, // the kernel's limit for one call cut a body
  truncated_limit,  // our limit for bodies cut a body
  truncated_gap,    // events were lost
  aborted,          // one side ended the exchange before its end
  fields_unknown,   // bodies are whole, but some header fields were sent before the capture began (HPACK, RFC 7541)
  body_sampled,     // complete but for its bodies: more came than bodies.rate_max lets pass
  request_only,
  response_only
};

using http_header = std::pair<std::string, std::string>;
using http_headers = std::vector<http_header>; // in the order of the wire, names as sent

/// A body after its content coding was removed.
struct http_body {
  std::string bytes;
  std::uint64_t size_carried = 0; // as carried in the message: before truncation and decoding
  bool truncated = false;         // `bytes` is not the whole body
};

/// In HTTP/2, whatever is in fields that are unknown is empty.
struct http_request {
  std::string method;
  std::string scheme = "https";
  std::string host;                 // authority: as in the target or HTTP/2's :authority, else the Host header's
  std::string path;                 // without the query
  std::optional<std::string> query; // without '?'; nothing if there was no '?'
  std::string version;              // "1.0", "1.1" or "2"
  http_headers headers;
  http_headers trailers;
  http_body body;
};

struct http_response {
  std::uint16_t status = 0; // 0: in a field that is unknown
  http_headers headers;
  http_headers trailers;
  http_body body;
};

/// What speaks on top of HTTP, where that is more than resources.
enum class application_protocol : std::uint8_t { grpc, grpc_web, graphql, websocket, event_stream };

struct application_call {
  application_protocol protocol = application_protocol::grpc;
  std::string operation; // gRPC: "package.Service/Method"; GraphQL: "query Name", or the kind alone if it has no name
  std::optional<std::uint32_t> status; // gRPC: grpc-status
  std::uint32_t request_messages = 0;  // gRPC: whole ones that were seen
  std::uint32_t response_messages = 0;

  bool operator==(const application_call&) const = default;
};

/// That redaction found a value: its class ("card") and where it stood ("response.body.pan"). Never the value.
struct sensitive_value {
  std::string kind;
  std::string place;
  bool shown = false; // it was left where it stood; else it was masked or dropped

  bool operator==(const sensitive_value&) const = default;
};

/// Findings of one exchange beyond this many are left out.
inline constexpr auto findings_max = std::size_t{32};

/// Invariant: request or response is there; both unless quality says request_only or response_only.
struct exchange {
  connection_id connection;
  kernel_time seen{0}; // first byte
  wall_time time{};    // the same instant on the wall clock
  std::chrono::nanoseconds duration{0};
  observer_role role = observer_role::client;
  tls_library library = tls_library::openssl;
  std::optional<socket_pair> sockets;
  std::optional<http_request> request;
  std::optional<http_response> response;
  std::optional<application_call> application; // nothing: plain HTTP, or unknown
  exchange_quality quality = exchange_quality::complete;
  std::vector<sensitive_value> findings; // each once, filled in by redaction; at most findings_max; shown ones last
  process_identity process;              // filled in by enrichment
};

struct exchange_batch {
  std::vector<exchange> exchanges;

  std::size_t size() const noexcept { return exchanges.size(); }
  std::uint64_t units() const noexcept { return exchanges.size(); }
};

/// The names under which users and machines see these values, the same in every output.
std::string_view to_string(observer_role role) noexcept;
std::string_view to_string(exchange_quality quality) noexcept;
std::string_view to_string(tls_library library) noexcept;
std::string_view to_string(application_protocol protocol) noexcept;

/// The value of the first header called `name` (any case), or nothing. The view lives as long as `headers`.
std::optional<std::string_view> header_value(const http_headers& headers, std::string_view name) noexcept;

/// What holding it costs, for limits: its objects and the bytes of its texts. Allocators add to that.
std::size_t size_in_memory(const exchange& each) noexcept;
std::size_t size_in_memory(const exchange_batch& batch) noexcept;

} // namespace cleartap
