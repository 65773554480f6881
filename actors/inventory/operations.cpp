#include "actors/inventory/operations.hpp"

#include "actors/inventory/authority.hpp"
#include "actors/inventory/stable_hash.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <tuple>

namespace cleartap {

namespace {

void add(operation& into, const named_path& path, const endpoint_evidence& evidence) {
  into.evidence.push_back(&evidence);
  if (into.parameters.empty())
    into.parameters.resize(path.parameters.size());
  assert(into.parameters.size() == path.parameters.size()); // equal texts have equal parameters
  for (auto i = std::size_t{0}; i < path.parameters.size(); ++i) {
    into.parameters[i].name = path.parameters[i].name;
    into.parameters[i].types.set(static_cast<std::size_t>(path.parameters[i].type));
  }
}

void make_ids_unique(operation_map& operations) {
  auto uses = std::map<std::string, int>{};
  for (const auto& [key, one] : operations)
    ++uses[one.id];
  for (auto& [key, one] : operations) {
    if (uses[one.id] > 1)
      one.id += "_" + api_id(key.method + " " + key.path);
  }
}

std::uint16_t status_of(std::string_view name) noexcept {
  auto status = std::uint16_t{0};
  std::from_chars(name.data(), name.data() + name.size(), status);
  return status;
}

} // namespace

operation_map operations_of(std::span<const observed_endpoint> endpoints) {
  auto out = operation_map{};
  for (const auto& endpoint : endpoints) {
    const auto path = name_parameters(endpoint.shape);
    auto& one = out[{path.text, std::string{endpoint.method}}];
    one.id = operation_id(endpoint.method, path);
    add(one, path, *endpoint.evidence);
  }
  make_ids_unique(out);
  return out;
}

endpoint_evidence merged(const operation& one, const schema_limits& limits) {
  auto out = endpoint_evidence{};
  for (const auto* evidence : one.evidence)
    merge(out, *evidence, limits);
  return out;
}

std::vector<sensitive_place> sensitive_places(const bottom_k<sensitive_evidence>& evidence) {
  auto out = std::vector<sensitive_place>{};
  for (const auto& [name, one] : evidence.entries()) {
    const auto blank = name.name.find(' ');
    out.push_back({name.name.substr(0, blank), name.name.substr(blank + 1), one.exchanges, one.shown, one.last});
  }
  std::ranges::sort(out, {}, [](const sensitive_place& each) { return std::tie(each.place, each.kind); });
  return out;
}

endpoint_summary summary_of(const operation_key& key, const operation& one) {
  auto out = endpoint_summary{};
  out.method = key.method;
  out.path = key.path;
  auto seen = time_range{};
  auto statuses = std::map<std::uint16_t, std::uint64_t>{};
  auto sensitive = bottom_k<sensitive_evidence>{};
  for (const auto* evidence : one.evidence) {
    count_up(out.served, evidence->served);
    count_up(out.called, evidence->called);
    seen.include(evidence->seen);
    for (const auto& [name, response] : evidence->responses.entries())
      count_up(statuses[status_of(name.name)], response.responses);
    merge(sensitive, evidence->sensitive);
  }
  out.first_seen = seen.first;
  out.last_seen = seen.last;
  out.statuses.assign(statuses.begin(), statuses.end());
  out.sensitive = sensitive_places(sensitive);
  return out;
}

} // namespace cleartap
