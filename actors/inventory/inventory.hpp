// One shard's inventory: the evidence of all endpoints of its APIs, learnt, loaded, handed to the store and shown.
// Refuses to know actors, the store and the clock.
#pragma once

#include "actors/inventory/bottom_k.hpp"
#include "actors/inventory/endpoint_evidence.hpp"
#include "actors/inventory/operations.hpp"
#include "messages/exchange.hpp"
#include "messages/inventory.hpp"
#include "messages/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

struct inventory_limits {
  std::size_t apis_max = 4096;
  std::size_t endpoints_max = 2048; // per API
  schema_limits schema;
};

inline constexpr auto method_size_max = std::size_t{32}; // bytes

/// Exchanges. Invariant: learned + no_request + method_refused is what learn() was given since the start.
struct inventory_counters {
  std::uint64_t learned = 0;           // attributed to an endpoint, kept or left out
  std::uint64_t no_request = 0;        // response only: nobody knows what was asked
  std::uint64_t method_refused = 0;    // CONNECT, no token, or longer than method_size_max
  std::uint64_t invalid_authority = 0; // of the learned, those that share the API "invalid"
};

/// Exchanges whose API or endpoint has no room, those in loaded rows included.
struct inventory_left_out {
  std::uint64_t apis = 0;      // beyond apis_max
  std::uint64_t endpoints = 0; // beyond endpoints_max, of the APIs that are kept
};

/// Beyond apis_max and endpoints_max the names with the smallest hashes stay, so that the content does not depend on
/// the order of the exchanges and rows.
class inventory {
public:
  explicit inventory(const inventory_limits& limits) : limits_{limits} {}

  void learn(const exchange& one);

  /// Merges a row that take_changed() gave in an earlier run. Fails, and changes nothing, if the row is damaged.
  result<void> load(const evidence_row& row);

  /// What changed since the last call, in full, for the store to insert or replace by (authority, method, path) in one
  /// transaction. A row without method and path is the API's count of exchanges left out. A row with empty evidence is
  /// an endpoint that lost its place: the store may delete it; load() ignores it.
  [[nodiscard]] std::vector<evidence_row> take_changed();

  /// By authority, without endpoints.
  [[nodiscard]] std::vector<api_summary> apis() const;

  /// With endpoints. `id` is that of api_summary; of APIs with equal ids the first by authority.
  [[nodiscard]] std::optional<api_summary> api(std::string_view id) const;

  /// The OpenAPI 3.1 document, see openapi.hpp.
  [[nodiscard]] std::optional<std::string> openapi(std::string_view id) const;

  [[nodiscard]] const inventory_counters& counters() const noexcept { return counters_; }
  [[nodiscard]] inventory_left_out left_out() const noexcept;

private:
  struct endpoint_state {
    endpoint_evidence evidence;
    bool changed = false; // it is in changed_
    bool stored = false;  // the store has a row

    [[nodiscard]] std::uint64_t weight() const noexcept { return evidence.weight(); }
  };

  struct api_state {
    bottom_k<endpoint_state> endpoints; // by "METHOD shape"
    bool left_out_stored = false;

    [[nodiscard]] std::uint64_t weight() const noexcept { return endpoints.weight(); }
  };

  struct row_key {
    std::string authority;
    std::string endpoint; // "METHOD shape"; empty: the count of what was left out

    auto operator<=>(const row_key&) const = default;
  };

  using api_entry = bottom_k<api_state>::value_type;

  api_state* admit(const std::string& authority);
  endpoint_state* admit(api_state& api, const row_key& key);
  void leave_out(api_state& api, const row_key& key, std::uint64_t weight);
  void displace(const row_key& key, bool stored);
  void displace(const std::string& authority, const api_state& api);
  void mark(endpoint_state& endpoint, const row_key& key);
  result<void> load_left_out(const evidence_row& row);
  void load_endpoint(const row_key& key, const endpoint_evidence& evidence);
  evidence_row row_of(const row_key& key);
  const api_entry* find(std::string_view id) const;

  inventory_limits limits_;
  inventory_counters counters_;
  bottom_k<api_state> apis_; // by authority
  std::set<row_key> changed_;
};

} // namespace cleartap
