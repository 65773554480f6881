#include "actors/feed/exchange_json.hpp"

#include "messages/text.hpp"

#include <boost/json.hpp>
#include <cstdio>

namespace cleartap {

namespace {

namespace json = boost::json;

json::string text(std::string_view raw) { return json::string{well_formed_utf8(raw)}; }

// Parentheses, here and below: braces around one value make an array of it.
json::value text_or_null(std::string_view raw) { return raw.empty() ? json::value(nullptr) : json::value(text(raw)); }

json::array header_list(const http_headers& headers) {
  auto list = json::array{};
  for (const auto& [name, value] : headers)
    list.push_back(json::array{text(name), text(value)});
  return list;
}

void add_body(json::object& message, const http_body& body) {
  if (is_utf8(body.bytes))
    message["body"] = json::string{body.bytes};
  else
    message["body_base64"] = json::string{base64(body.bytes)};
  message["bytes"] = body.size_carried;
  message["truncated"] = body.truncated;
}

json::value request_json(const std::optional<http_request>& request) {
  if (!request)
    return nullptr;
  auto message = json::object{};
  message["method"] = text_or_null(request->method);
  message["scheme"] = text(request->scheme);
  message["host"] = text_or_null(request->host);
  message["path"] = text_or_null(request->path);
  message["query"] = request->query ? json::value(text(*request->query)) : json::value(nullptr);
  message["version"] = text(request->version);
  message["headers"] = header_list(request->headers);
  message["trailers"] = header_list(request->trailers);
  add_body(message, request->body);
  return message;
}

json::value response_json(const std::optional<http_response>& response) {
  if (!response)
    return nullptr;
  auto message = json::object{};
  message["status"] = response->status ? json::value(response->status) : json::value(nullptr);
  message["headers"] = header_list(response->headers);
  message["trailers"] = header_list(response->trailers);
  add_body(message, response->body);
  return message;
}

json::value application_json(const std::optional<application_call>& call) {
  if (!call)
    return nullptr;
  auto object = json::object{};
  object["protocol"] = json::string{to_string(call->protocol)};
  object["operation"] = text_or_null(call->operation);
  object["status"] = call->status ? json::value(*call->status) : json::value(nullptr);
  object["request_messages"] = call->request_messages;
  object["response_messages"] = call->response_messages;
  return object;
}

json::array findings_json(const std::vector<sensitive_value>& findings, bool are_shown) {
  auto list = json::array{};
  for (const auto& [kind, place, shown] : findings)
    if (shown == are_shown)
      list.push_back(json::object{{"class", text(kind)}, {"place", text(place)}});
  return list;
}

json::object process_json(const process_identity& process) {
  auto object = json::object{};
  object["pid"] = process.pid;
  object["comm"] = text_or_null(process.comm);
  object["exe"] = text_or_null(process.exe);
  object["container_id"] = text_or_null(process.container_id);
  auto& ancestors = object["ancestors"].emplace_array();
  for (const auto& each : process.ancestors)
    ancestors.push_back(json::object{{"pid", each.pid}, {"comm", text(each.comm)}});
  return object;
}

} // namespace

std::string exchange_json(const exchange& what) {
  auto line = json::object{};
  line["time"] = json::string{rfc3339(what.time)};
  line["process"] = process_json(what.process);
  line["tls"] = json::string{to_string(what.library)};
  line["local"] = what.sockets ? json::value(to_string(what.sockets->local)) : json::value(nullptr);
  line["remote"] = what.sockets ? json::value(to_string(what.sockets->remote)) : json::value(nullptr);
  line["role"] = json::string{to_string(what.role)};
  line["request"] = request_json(what.request);
  line["response"] = response_json(what.response);
  line["application"] = application_json(what.application);
  line["redacted"] = findings_json(what.findings, false);
  line["shown"] = findings_json(what.findings, true);
  // The serialiser writes 0.736 as 7.36E-1, which is JSON but not pleasant.
  char rest[96];
  std::snprintf(rest, sizeof rest, ",\"duration_ms\":%.3f,\"quality\":\"%s\"}",
                std::chrono::duration<double, std::milli>{what.duration}.count(), to_string(what.quality).data());
  auto whole = json::serialize(line);
  whole.pop_back();
  return whole + rest;
}

} // namespace cleartap
