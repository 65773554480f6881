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

std::string target(const json::object& request, const std::string& remote) {
  auto host = text(request, "host");
  auto line = text(request, "method") + " " + (host.empty() ? remote : host) + text(request, "path");
  if (auto query = text(request, "query"); !query.empty())
    line += "?" + query;
  return line;
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
  line += request.empty() ? "(no request)" : target(request, text(exchange, "remote"));
  if (const auto& application = object(exchange, "application"); text(application, "protocol") == "graphql")
    line += "  (" + text(application, "operation") + ")";
  line += "  " + outcome(exchange);
  if (auto quality = text(exchange, "quality"); quality != "complete")
    line += "  [" + quality + "]";
  return printable(std::move(line));
}

} // namespace cleartap
