// Exchanges to learn from, and short ways to say what was learnt. Knows nothing of the tests that use it.
#pragma once

#include "actors/inventory/schema_document.hpp"
#include "actors/inventory/schema_evidence.hpp"
#include "messages/exchange.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace cleartap::samples {

inline http_body body_of(std::string bytes) {
  const auto size = bytes.size();
  return {std::move(bytes), size, false};
}

/// A call to api.example, seen at the server one millisecond after the epoch.
inline exchange call(std::string method, std::string path, std::uint16_t status) {
  auto one = exchange{};
  one.time = wall_time{std::chrono::milliseconds{1}};
  one.role = observer_role::server;
  one.request.emplace();
  one.request->method = std::move(method);
  one.request->host = "api.example";
  one.request->path = std::move(path);
  one.response.emplace();
  one.response->status = status;
  return one;
}

inline exchange with_request_body(exchange one, std::string type, std::string bytes) {
  one.request->headers.emplace_back("Content-Type", std::move(type));
  one.request->body = body_of(std::move(bytes));
  return one;
}

inline exchange with_response_body(exchange one, std::string type, std::string bytes) {
  one.response->headers.emplace_back("Content-Type", std::move(type));
  one.response->body = body_of(std::move(bytes));
  return one;
}

inline exchange with_query(exchange one, std::string query) {
  one.request->query = std::move(query);
  return one;
}

inline schema_evidence evidence_of(std::initializer_list<std::string_view> documents,
                                   const schema_limits& limits = {}) {
  auto out = schema_evidence{};
  for (auto document : documents)
    learn(out, boost::json::parse({document.data(), document.size()}), limits);
  return out;
}

inline std::string schema_of(std::initializer_list<std::string_view> documents, const schema_limits& limits = {}) {
  return boost::json::serialize(json_schema(evidence_of(documents, limits)));
}

} // namespace cleartap::samples
