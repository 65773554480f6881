#include "actors/streams/application.hpp"

#include "actors/streams/any_case.hpp"
#include "actors/streams/graphql.hpp"

#include <charconv>

namespace cleartap {

namespace {

std::string_view content_type(const http_headers& headers) noexcept {
  return header_value(headers, "Content-Type").value_or("");
}

std::optional<std::uint32_t> number(std::optional<std::string_view> text) noexcept {
  auto value = std::uint32_t{0};
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

/// A response that has no message has its status in the head ("Trailers-Only").
std::optional<std::uint32_t> grpc_status(const http_response& response) noexcept {
  auto told = header_value(response.trailers, "grpc-status");
  return number(told ? told : header_value(response.headers, "grpc-status"));
}

application_call grpc_call(const exchange& what, application_protocol protocol) {
  auto call = application_call{.protocol = protocol};
  if (what.request && what.request->path.starts_with('/'))
    call.operation = what.request->path.substr(1); // gRPC over HTTP/2, Path
  if (what.response)
    call.status = grpc_status(*what.response);
  return call;
}

/// RFC 6455 and RFC 8441.
bool is_websocket(const exchange& what) noexcept {
  if (!what.request || !what.response)
    return false;
  if (what.response->status == 101)
    return begins_any_case(header_value(what.response->headers, "Upgrade").value_or(""), "websocket");
  return what.request->method == "CONNECT" && what.response->status / 100 == 2 &&
         header_value(what.request->headers, "sec-websocket-version").has_value();
}

std::string graphql_call(const http_request& request) {
  if (request.method == "GET")
    return graphql_operation_of_query(request.query.value_or(""));
  const auto type = content_type(request.headers);
  if (request.method != "POST" || request.body.bytes.empty())
    return {};
  if (begins_any_case(type, "application/graphql") && !begins_any_case(type, "application/graphql+json"))
    return graphql_operation(request.body.bytes, "");
  return begins_any_case(type, "application/") && type.find("json") != std::string_view::npos
             ? graphql_operation_of_json(request.body.bytes)
             : std::string{};
}

} // namespace

bool is_event_stream(const http_headers& headers) noexcept {
  return begins_any_case(content_type(headers), "text/event-stream");
}

std::optional<application_protocol> grpc_type(const http_headers& headers) noexcept {
  const auto type = content_type(headers);
  if (begins_any_case(type, "application/grpc-web"))
    return application_protocol::grpc_web;
  return begins_any_case(type, "application/grpc") ? std::optional{application_protocol::grpc} : std::nullopt;
}

std::optional<application_call> application_of(const exchange& what) {
  auto grpc = what.request ? grpc_type(what.request->headers) : std::nullopt;
  if (!grpc && what.response)
    grpc = grpc_type(what.response->headers);
  if (grpc)
    return grpc_call(what, *grpc);
  if (is_websocket(what))
    return application_call{.protocol = application_protocol::websocket};
  if (what.response && is_event_stream(what.response->headers))
    return application_call{.protocol = application_protocol::event_stream};
  auto operation = what.request ? graphql_call(*what.request) : std::string{};
  if (operation.empty())
    return std::nullopt;
  return application_call{.protocol = application_protocol::graphql, .operation = std::move(operation)};
}

} // namespace cleartap
