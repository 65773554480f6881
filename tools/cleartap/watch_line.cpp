#include "tools/cleartap/watch_line.hpp"

#include "tools/cleartap/printable.hpp"

#include <cstdio>

namespace cleartap {

namespace {

namespace json = boost::json;

std::string text(const json::value* value) {
  return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

std::string text(const json::object& from, std::string_view key) { return text(from.if_contains(key)); }

const json::object& object(const json::object& from, std::string_view key) {
  static const auto none = json::object{};
  const auto* value = from.if_contains(key);
  return value && value->is_object() ? value->get_object() : none;
}

/// Where the host is unknown, the server's address says most.
std::string target(const json::object& exchange, const json::object& request) {
  auto host = text(request, "host");
  if (host.empty())
    host = text(exchange, text(exchange, "role") == "client" ? "remote" : "local");
  auto line = text(request, "method") + " " + host + text(request, "path");
  if (auto query = text(request, "query"); !query.empty())
    line += "?" + query;
  return line;
}

/// gRPC's operation is the path, and its status is shown with the outcome.
std::string riding(const json::object& application) {
  auto protocol = text(application, "protocol");
  if (protocol.empty() || protocol.starts_with("grpc"))
    return {};
  auto operation = text(application, "operation");
  return "  (" + (operation.empty() ? protocol : operation) + ")";
}

std::string outcome(const json::object& exchange) {
  const auto& response = object(exchange, "response");
  if (response.empty())
    return "(no response)";
  const auto* status = response.if_contains("status");
  auto line = status && status->is_number() ? std::to_string(status->to_number<std::int64_t>()) : "???";
  const auto& application = object(exchange, "application");
  if (const auto* code = application.if_contains("status"); code && code->is_number())
    line += "/" + text(application, "protocol") + " " + std::to_string(code->to_number<std::int64_t>());
  char rest[80];
  std::snprintf(rest, sizeof rest, "  %.1f ms  %lld B", exchange.at("duration_ms").to_number<double>(),
                static_cast<long long>(response.at("bytes").to_number<std::int64_t>()));
  return line + rest;
}

} // namespace

std::string watch_line(const json::object& exchange) {
  const auto& process = object(exchange, "process");
  const auto& request = object(exchange, "request");
  auto time = text(exchange, "time");
  auto line = time.size() > 12 ? time.substr(11, 12) : time;
  auto comm = text(process, "comm");
  line += "  " + (comm.empty() ? "?" : comm) + "[" + std::to_string(process.at("pid").to_number<std::int64_t>()) + "]";
  line += text(exchange, "role") == "client" ? " calls  " : " serves ";
  line += request.empty() ? "(no request)" : target(exchange, request);
  line += riding(object(exchange, "application"));
  line += "  " + outcome(exchange);
  if (auto quality = text(exchange, "quality"); quality != "complete")
    line += "  [" + quality + "]";
  return printable(std::move(line));
}

} // namespace cleartap
