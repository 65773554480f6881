#include "actors/page/api_json.hpp"

#include "messages/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <tuple>
#include <vector>

namespace cleartap {

namespace {

namespace json = boost::json;

json::string text(std::string_view bytes, json::storage_ptr memory) {
  return {well_formed_utf8(bytes), std::move(memory)};
}

/// The part that APIs and endpoints have in common.
template <class Summary>
void append_observations(json::object& out, const Summary& summary) {
  out["served"] = summary.served;
  out["called"] = summary.called;
  out["first_seen"] = json::string(rfc3339(summary.first_seen), out.storage());
  out["last_seen"] = json::string(rfc3339(summary.last_seen), out.storage());
}

json::object statuses(const endpoint_summary& endpoint, const json::storage_ptr& memory) {
  auto out = json::object(memory);
  for (const auto& [status, count] : endpoint.statuses)
    out[status == 0 ? "none" : std::to_string(status)] = count;
  return out;
}

json::array sensitive(const endpoint_summary& endpoint, const json::storage_ptr& memory) {
  auto out = json::array(memory);
  for (const auto& each : endpoint.sensitive) {
    auto one = json::object(memory);
    one["class"] = text(each.kind, memory);
    one["place"] = text(each.place, memory);
    one["exchanges"] = each.exchanges;
    one["shown"] = each.shown;
    one["last_seen"] = json::string(rfc3339(each.last_seen), memory);
    out.push_back(std::move(one));
  }
  return out;
}

json::object endpoint_object(const endpoint_summary& endpoint, const json::storage_ptr& memory) {
  auto out = json::object(memory);
  out["method"] = text(endpoint.method, memory);
  out["path"] = text(endpoint.path, memory);
  append_observations(out, endpoint);
  out["statuses"] = statuses(endpoint, memory);
  out["sensitive"] = sensitive(endpoint, memory);
  return out;
}

json::object api_object(const api_summary& api, const json::storage_ptr& memory) {
  auto out = json::object(memory);
  out["id"] = text(api.id, memory);
  out["authority"] = text(api.authority, memory);
  append_observations(out, api);
  out["endpoint_count"] = api.endpoint_count;
  return out;
}

std::vector<const api_summary*> by_authority(std::span<const api_summary> apis) {
  auto out = std::vector<const api_summary*>{};
  out.reserve(apis.size());
  for (const auto& api : apis)
    out.push_back(&api);
  std::ranges::sort(out, {}, [](const api_summary* api) { return std::tie(api->authority, api->id); });
  return out;
}

} // namespace

std::string apis_json(std::span<const api_summary> apis) {
  auto memory = json::make_shared_resource<json::monotonic_resource>();
  auto list = json::array(memory);
  list.reserve(apis.size());
  for (const auto* api : by_authority(apis))
    list.push_back(api_object(*api, memory));
  auto out = json::object(memory);
  out["apis"] = std::move(list);
  return json::serialize(out);
}

std::string api_json(const api_summary& api) {
  auto memory = json::make_shared_resource<json::monotonic_resource>();
  auto out = api_object(api, memory);
  auto endpoints = json::array(memory);
  endpoints.reserve(api.endpoints.size());
  for (const auto& endpoint : api.endpoints)
    endpoints.push_back(endpoint_object(endpoint, memory));
  out["endpoints"] = std::move(endpoints);
  return json::serialize(out);
}

std::string error_json(std::string_view cause) {
  auto out = json::object{};
  out["error"] = text(cause, out.storage());
  return json::serialize(out);
}

} // namespace cleartap
