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

struct http_request {
  std::string method;
  std::string scheme = "https";
  std::string host;                 // authority: the Host header, else empty
  std::string path;                 // without the query
  std::optional<std::string> query; // without '?'; nothing if there was no '?'
  std::string version;              // "1.1"
  http_headers headers;
  http_body body;
};

struct http_response {
  std::uint16_t status = 0;
  http_headers headers;
  http_body body;
};

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
  exchange_quality quality = exchange_quality::complete;
  process_identity process; // filled in by enrichment
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

/// The value of the first header called `name` (any case), or nothing. The view lives as long as `headers`.
std::optional<std::string_view> header_value(const http_headers& headers, std::string_view name) noexcept;

/// What holding it costs, for limits: its objects and the bytes of its texts. Allocators add to that.
std::size_t size_in_memory(const exchange& each) noexcept;
std::size_t size_in_memory(const exchange_batch& batch) noexcept;

} // namespace cleartap
