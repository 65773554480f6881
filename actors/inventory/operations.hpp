// Endpoints as operations: shapes whose paths get the same names become one. Refuses to know JSON.
#pragma once

#include "actors/inventory/endpoint_evidence.hpp"
#include "actors/inventory/path_names.hpp"
#include "messages/inventory.hpp"

#include <bitset>
#include <compare>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

struct observed_endpoint {
  std::string_view method;
  std::string_view shape;
  const endpoint_evidence* evidence = nullptr;
};

struct operation_parameter {
  std::string name;
  std::bitset<segment_types.size()> types; // bit i: segment_type i was seen here
};

struct operation_key {
  std::string path; // with named parameters
  std::string method;

  auto operator<=>(const operation_key&) const = default;
};

struct operation {
  std::string id; // unique among the operations of an API
  std::vector<operation_parameter> parameters;
  std::vector<const endpoint_evidence*> evidence; // one for each shape
};

using operation_map = std::map<operation_key, operation>;

/// By path, then method. The views live as long as what `endpoints` points to. Operations whose ids would be equal get
/// a hash of path and method each, so that an id depends on no order.
[[nodiscard]] operation_map operations_of(std::span<const observed_endpoint> endpoints);

/// The evidence of an operation as if all its shapes were one.
[[nodiscard]] endpoint_evidence merged(const operation& one, const schema_limits& limits);

/// Where an operation has sensitive data, by place, then class.
[[nodiscard]] std::vector<sensitive_place> sensitive_places(const bottom_k<sensitive_evidence>& evidence);

[[nodiscard]] endpoint_summary summary_of(const operation_key& key, const operation& one);

} // namespace cleartap
