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
  char line[96];
  std::snprintf(line, sizeof line, "%lld  %.1f ms  %lld B",
                static_cast<long long>(response.at("status").to_number<std::int64_t>()),
                exchange.at("duration_ms").to_number<double>(),
                static_cast<long long>(response.at("bytes").to_number<std::int64_t>()));
  return line;
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
  line += "  " + outcome(exchange);
  if (auto quality = text(exchange, "quality"); quality != "complete")
    line += "  [" + quality + "]";
  return printable(std::move(line));
}

} // namespace cleartap
