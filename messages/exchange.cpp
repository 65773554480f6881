#include "messages/exchange.hpp"

#include <algorithm>
#include <string_view>
#include <strings.h>

namespace cleartap {

namespace {

std::size_t size_of(const http_headers& headers) noexcept {
  auto sum = headers.size() * sizeof(http_header);
  for (const auto& [name, value] : headers)
    sum += name.size() + value.size();
  return sum;
}

std::size_t size_of(const http_request& request) noexcept {
  return request.method.size() + request.scheme.size() + request.host.size() + request.path.size() +
         (request.query ? request.query->size() : 0) + request.version.size() + size_of(request.headers) +
         size_of(request.trailers) + request.body.bytes.size();
}

std::size_t size_of(const process_identity& process) noexcept {
  auto sum = process.comm.size() + process.exe.size() + process.container_id.size() +
             process.ancestors.size() * sizeof(ancestor);
  for (const auto& each : process.ancestors)
    sum += each.comm.size();
  return sum;
}

} // namespace

std::string_view to_string(observer_role role) noexcept { return role == observer_role::client ? "client" : "server"; }

std::string_view to_string(exchange_quality quality) noexcept {
  switch (quality) {
  case exchange_quality::complete:
    return "complete";
  case exchange_quality::truncated_kernel:
    return "truncated_kernel";
  case exchange_quality::truncated_limit:
    return "truncated_limit";
  case exchange_quality::truncated_gap:
    return "truncated_gap";
  case exchange_quality::aborted:
    return "aborted";
  case exchange_quality::fields_unknown:
    return "fields_unknown";
  case exchange_quality::body_sampled:
    return "body_sampled";
  case exchange_quality::request_only:
    return "request_only";
  case exchange_quality::response_only:
    return "response_only";
  }
  return "unknown";
}

std::string_view to_string(tls_library library) noexcept {
  switch (library) {
  case tls_library::gnutls:
    return "gnutls";
  case tls_library::nss:
    return "nss";
  case tls_library::openssl:
    return "openssl";
  }
  return "unknown";
}

std::string_view to_string(application_protocol protocol) noexcept {
  switch (protocol) {
  case application_protocol::grpc:
    return "grpc";
  case application_protocol::grpc_web:
    return "grpc_web";
  case application_protocol::graphql:
    return "graphql";
  case application_protocol::websocket:
    return "websocket";
  case application_protocol::event_stream:
    return "event_stream";
  }
  return "unknown";
}

std::optional<std::string_view> header_value(const http_headers& headers, std::string_view name) noexcept {
  auto matches = [name](const http_header& header) {
    return header.first.size() == name.size() && strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  };
  auto found = std::ranges::find_if(headers, matches);
  if (found == headers.end())
    return std::nullopt;
  return found->second;
}

std::size_t size_in_memory(const exchange& each) noexcept {
  auto sum = sizeof(exchange) + size_of(each.process) + (each.application ? each.application->operation.size() : 0);
  for (const auto& finding : each.findings)
    sum += sizeof finding + finding.kind.size() + finding.place.size();
  if (each.request)
    sum += size_of(*each.request);
  if (each.response)
    sum += size_of(each.response->headers) + size_of(each.response->trailers) + each.response->body.bytes.size();
  return sum;
}

std::size_t size_in_memory(const exchange_batch& batch) noexcept {
  auto size = std::size_t{0};
  for (const auto& each : batch.exchanges)
    size += size_in_memory(each);
  return size;
}

} // namespace cleartap
