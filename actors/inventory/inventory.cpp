#include "actors/inventory/inventory.hpp"

#include "actors/inventory/ascii.hpp"
#include "actors/inventory/authority.hpp"
#include "actors/inventory/evidence_text.hpp"
#include "actors/inventory/openapi.hpp"

#include <algorithm>
#include <utility>

namespace cleartap {

namespace {

constexpr auto method_end = ' '; // no method has a space

bool is_method(std::string_view text) noexcept {
  return !text.empty() && text.size() <= method_size_max && text != "CONNECT" &&
         std::ranges::all_of(text, is_token_char);
}

std::string endpoint_name(std::string_view method, std::string_view shape) {
  auto out = std::string{};
  out.reserve(method.size() + 1 + shape.size());
  return out.append(method).append(1, method_end).append(shape);
}

std::string_view method_of(std::string_view endpoint) noexcept { return endpoint.substr(0, endpoint.find(method_end)); }

std::string_view shape_of(std::string_view endpoint) noexcept {
  return endpoint.substr(std::min(endpoint.find(method_end), endpoint.size() - 1) + 1);
}

/// Works on every map of states: the state types are private to inventory.
template <class Endpoints>
operation_map operations_in(const Endpoints& endpoints) {
  auto observed = std::vector<observed_endpoint>{};
  observed.reserve(endpoints.entries().size());
  for (const auto& [name, endpoint] : endpoints.entries())
    observed.push_back({method_of(name.name), shape_of(name.name), &endpoint.evidence});
  return operations_of(observed);
}

template <class Api>
api_summary totals(std::string_view authority, const Api& api) {
  auto out = api_summary{};
  out.id = api_id(authority);
  out.authority = authority;
  out.endpoint_count = api.endpoints.entries().size();
  auto seen = time_range{};
  for (const auto& [name, endpoint] : api.endpoints.entries()) {
    count_up(out.served, endpoint.evidence.served);
    count_up(out.called, endpoint.evidence.called);
    seen.include(endpoint.evidence.seen);
  }
  if (seen.first <= seen.last) {
    out.first_seen = seen.first;
    out.last_seen = seen.last;
  }
  return out;
}

} // namespace

void inventory::learn(const exchange& one) {
  if (!one.request || (one.request->path.empty() && one.request->method != "CONNECT"))
    return count_up(counters_.no_request); // or none that tells its path
  if (!is_method(one.request->method))
    return count_up(counters_.method_refused);
  count_up(counters_.learned);
  const auto key = row_key{authority_of(one), endpoint_name(one.request->method, path_shape(one.request->path))};
  count_up(counters_.invalid_authority, key.authority == invalid_authority ? 1 : 0);
  auto* api = admit(key.authority);
  if (!api)
    return apis_.leave_out();
  auto* endpoint = admit(*api, key);
  if (!endpoint)
    return leave_out(*api, key, 1);
  cleartap::learn(endpoint->evidence, one, limits_.schema);
  mark(*endpoint, key);
}

result<void> inventory::load(const evidence_row& row) {
  if (normalised_authority(row.authority) != row.authority)
    return failure{"a stored row has no valid authority; delete the row"};
  if (row.evidence.empty())
    return {};
  if (row.method.empty() && row.path.empty())
    return load_left_out(row);
  if (!is_method(row.method) || !is_path_shape(row.path))
    return failure{"a stored row of " + row.authority + " has no valid method or path; delete the row"};
  const auto evidence = endpoint_from_text(row.evidence, limits_.schema);
  if (!evidence)
    return failure{"the stored row of " + row.method + " " + row.path + " at " + row.authority +
                   " cannot be read: " + evidence.error().text + "; delete the row"};
  load_endpoint({row.authority, endpoint_name(row.method, row.path)}, *evidence);
  return {};
}

result<void> inventory::load_left_out(const evidence_row& row) {
  const auto count = left_out_from_text(row.evidence);
  if (!count)
    return failure{"the stored count of " + row.authority + " cannot be read: " + count.error().text +
                   "; delete the row"};
  const auto key = row_key{row.authority, ""};
  if (auto* api = admit(row.authority)) {
    api->left_out_stored = true;
    api->endpoints.leave_out(*count);
  } else {
    apis_.leave_out(*count);
    displace(key, true);
  }
  return {};
}

void inventory::load_endpoint(const row_key& key, const endpoint_evidence& evidence) {
  auto* api = admit(key.authority);
  if (!api) {
    apis_.leave_out(evidence.weight());
    return displace(key, true);
  }
  auto* endpoint = admit(*api, key);
  if (!endpoint) {
    leave_out(*api, key, evidence.weight());
    return displace(key, true);
  }
  const auto fresh = endpoint->weight() == 0;
  merge(endpoint->evidence, evidence, limits_.schema);
  endpoint->stored = true;
  if (!fresh)
    mark(*endpoint, key);
}

std::vector<evidence_row> inventory::take_changed() {
  auto out = std::vector<evidence_row>{};
  out.reserve(changed_.size());
  for (const auto& key : std::exchange(changed_, {}))
    out.push_back(row_of(key));
  return out;
}

evidence_row inventory::row_of(const row_key& key) {
  auto row = evidence_row{};
  row.authority = key.authority;
  auto* api = apis_.find(key.authority);
  if (key.endpoint.empty()) {
    if (api) {
      api->left_out_stored = true;
      row.evidence = left_out_to_text(api->endpoints.left_out());
    }
    return row;
  }
  row.method = method_of(key.endpoint);
  row.path = shape_of(key.endpoint);
  if (auto* endpoint = api ? api->endpoints.find(key.endpoint) : nullptr) {
    endpoint->changed = false;
    endpoint->stored = true;
    row.evidence = to_text(endpoint->evidence);
  }
  return row;
}

std::vector<api_summary> inventory::apis() const {
  auto out = std::vector<api_summary>{};
  for (const auto* entry : apis_.sorted())
    out.push_back(totals(entry->first.name, entry->second));
  return out;
}

std::optional<api_summary> inventory::api(std::string_view id) const {
  const auto* entry = find(id);
  if (!entry)
    return std::nullopt;
  auto out = totals(entry->first.name, entry->second);
  for (const auto& [key, one] : operations_in(entry->second.endpoints))
    out.endpoints.push_back(summary_of(key, one));
  return out;
}

std::optional<std::string> inventory::openapi(std::string_view id) const {
  const auto* entry = find(id);
  if (!entry)
    return std::nullopt;
  const auto& [name, api] = *entry;
  return openapi_document(name.name, operations_in(api.endpoints), api.endpoints.left_out(), limits_.schema);
}

inventory_left_out inventory::left_out() const noexcept {
  auto out = inventory_left_out{.apis = apis_.left_out()};
  for (const auto& [name, api] : apis_.entries())
    count_up(out.endpoints, api.endpoints.left_out());
  return out;
}

inventory::api_state* inventory::admit(const std::string& authority) {
  return apis_.admit({stable_hash(authority), authority}, limits_.apis_max,
                     [this](const std::string& name, const api_state& api) { displace(name, api); });
}

inventory::endpoint_state* inventory::admit(api_state& api, const row_key& key) {
  return api.endpoints.admit({stable_hash(key.endpoint), key.endpoint}, limits_.endpoints_max,
                             [&](const std::string& name, const endpoint_state& endpoint) {
                               displace({key.authority, name}, endpoint.stored);
                               changed_.insert({key.authority, ""});
                             });
}

void inventory::leave_out(api_state& api, const row_key& key, std::uint64_t weight) {
  api.endpoints.leave_out(weight);
  changed_.insert({key.authority, ""});
}

/// What the store has is taken back; what it never had is forgotten.
void inventory::displace(const row_key& key, bool stored) {
  if (stored)
    changed_.insert(key);
  else
    changed_.erase(key);
}

void inventory::displace(const std::string& authority, const api_state& api) {
  displace({authority, ""}, api.left_out_stored);
  for (const auto& [name, endpoint] : api.endpoints.entries())
    displace({authority, name.name}, endpoint.stored);
}

void inventory::mark(endpoint_state& endpoint, const row_key& key) {
  if (!std::exchange(endpoint.changed, true))
    changed_.insert(key);
}

const inventory::api_entry* inventory::find(std::string_view id) const {
  const auto hash = hash_of_id(id);
  if (!hash)
    return nullptr;
  const auto found = apis_.entries().lower_bound(hashed_view{*hash, ""});
  return found != apis_.entries().end() && found->first.hash == *hash ? &*found : nullptr;
}

} // namespace cleartap
