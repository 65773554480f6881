#include "actors/inventory/openapi.hpp"

#include "actors/inventory/http_text.hpp"
#include "actors/inventory/schema_document.hpp"
#include "messages/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace cleartap {

namespace {

namespace json = boost::json;

json::object schema_of(segment_type type) {
  switch (type) {
  case segment_type::integer:
    return {{"type", "integer"}};
  case segment_type::uuid:
    return {{"type", "string"}, {"format", "uuid"}};
  case segment_type::hex:
    return {{"type", "string"}, {"pattern", "^[0-9A-Fa-f]{24,64}$"}};
  case segment_type::redacted:
    return {{"type", "string"}, {"description", "Redacted before it was recorded."}};
  case segment_type::rest:
    break;
  }
  return {{"type", "string"}, {"description", "The rest of a path that is longer than cleartap's limits."}};
}

json::object path_parameter_object(const operation_parameter& parameter) {
  auto schemas = json::array{};
  for (auto i = std::size_t{0}; i < parameter.types.size(); ++i) {
    if (parameter.types.test(i))
      schemas.emplace_back(schema_of(static_cast<segment_type>(i)));
  }
  auto out = json::object{{"name", parameter.name}, {"in", "path"}, {"required", true}};
  if (schemas.size() == 1)
    out["schema"] = std::move(schemas.front());
  else
    out["schema"] = {{"anyOf", std::move(schemas)}};
  return out;
}

json::object query_parameter_object(std::string_view name, const field_evidence& field, std::uint64_t calls) {
  auto out = json::object{{"name", name}, {"in", "query"}};
  if (field.calls == calls)
    out["required"] = true;
  out["schema"] = field_schema(field);
  return out;
}

json::array parameters_array(const operation& one, const endpoint_evidence& evidence) {
  auto out = json::array{};
  for (const auto& parameter : one.parameters)
    out.emplace_back(path_parameter_object(parameter));
  for (const auto* entry : evidence.query.sorted())
    out.emplace_back(query_parameter_object(entry->first.name, entry->second, evidence.weight()));
  return out;
}

json::object media_type_object(std::string_view type, const body_evidence& body) {
  auto out = json::object{};
  const auto kind = kind_of(type);
  if (body.learned > 0)
    out["schema"] = kind == media_kind::json ? json_schema(body.schema) : form_schema(body.fields, body.learned);
  auto seen = json::object{{"bodies", body.bodies}};
  if (kind != media_kind::opaque)
    seen["learned"] = body.learned;
  if (body.malformed > 0)
    seen["malformed"] = body.malformed;
  out["x-cleartap"] = std::move(seen);
  return out;
}

json::object content_object(const bodies_by_type& bodies) {
  auto out = json::object{};
  for (const auto* entry : bodies.sorted())
    out[entry->first.name] = media_type_object(entry->first.name, entry->second);
  return out;
}

json::object request_body_object(const bodies_by_type& requests, std::uint64_t calls) {
  auto out = json::object{{"content", content_object(requests)}};
  if (requests.weight() == calls)
    out["required"] = true;
  return out;
}

json::object response_object(std::string_view status, const response_evidence& response) {
  auto out = json::object{{"description", reason_phrase(status)}};
  if (!response.bodies.empty())
    out["content"] = content_object(response.bodies);
  auto seen = json::object{{"responses", response.responses}};
  if (response.bodies.left_out() > 0)
    seen["bodies_left_out"] = response.bodies.left_out();
  out["x-cleartap"] = std::move(seen);
  return out;
}

json::object responses_object(const endpoint_evidence& evidence) {
  auto out = json::object{};
  for (const auto* entry : evidence.responses.sorted()) {
    if (entry->first.name != "0")
      out[entry->first.name] = response_object(entry->first.name, entry->second);
  }
  return out;
}

json::object seen_object(const endpoint_evidence& evidence) {
  auto out = json::object{{"served", evidence.served},
                          {"called", evidence.called},
                          {"first_seen", rfc3339(evidence.seen.first)},
                          {"last_seen", rfc3339(evidence.seen.last)}};
  auto add = [&](std::string_view key, std::uint64_t count) {
    if (count > 0)
      out[key] = count;
  };
  const auto unanswered = evidence.responses.entries().find(hashed_view{stable_hash("0"), "0"});
  add("no_response", unanswered == evidence.responses.entries().end() ? 0 : unanswered->second.responses);
  add("query_parameters_left_out", evidence.query.left_out());
  add("request_bodies_left_out", evidence.requests.left_out());
  add("responses_left_out", evidence.responses.left_out());
  add("sensitive_left_out", evidence.sensitive.left_out());
  return out;
}

json::array sensitive_array(const bottom_k<sensitive_evidence>& evidence) {
  auto out = json::array{};
  for (const auto& [kind, place, exchanges, shown, last] : sensitive_places(evidence))
    out.push_back(json::object{
        {"class", kind}, {"place", place}, {"exchanges", exchanges}, {"shown", shown}, {"last_seen", rfc3339(last)}});
  return out;
}

} // namespace

json::object operation_object(const operation& one, const schema_limits& limits) {
  const auto evidence = merged(one, limits);
  auto out = json::object{{"operationId", one.id}};
  if (auto parameters = parameters_array(one, evidence); !parameters.empty())
    out["parameters"] = std::move(parameters);
  if (!evidence.requests.empty())
    out["requestBody"] = request_body_object(evidence.requests, evidence.weight());
  if (auto responses = responses_object(evidence); !responses.empty())
    out["responses"] = std::move(responses);
  if (auto sensitive = sensitive_array(evidence.sensitive); !sensitive.empty())
    out["x-cleartap-sensitive"] = std::move(sensitive);
  out["x-cleartap"] = seen_object(evidence);
  return out;
}

} // namespace cleartap
