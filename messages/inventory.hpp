// What the inventory tells others: rows for the store, summaries for readers. Refuses to know how either is kept.
#pragma once

#include "messages/capture.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cleartap {

/// The evidence of one endpoint. Merging two rows of equal key is commutative and associative (actors/inventory).
struct evidence_row {
  std::string authority; // normalised, see actors/inventory/authority.hpp
  std::string method;
  std::string path;     // with typed placeholders, e.g. "/users/{int}"
  std::string evidence; // JSON, written and read by actors/inventory alone
};

/// That exchanges of an endpoint held sensitive data.
struct sensitive_place {
  std::string kind;            // "card"
  std::string place;           // "request.body.pan"
  std::uint64_t exchanges = 0; // in which some was there
  std::uint64_t shown = 0;     // of them: in which it was left there
  wall_time last_seen{};
};

struct endpoint_summary {
  std::string method;
  std::string path;         // with named parameters, as in the OpenAPI document, e.g. "/users/{userId}"
  std::uint64_t served = 0; // exchanges seen at the server
  std::uint64_t called = 0; // exchanges seen at the client
  wall_time first_seen{};
  wall_time last_seen{};
  std::vector<std::pair<std::uint16_t, std::uint64_t>> statuses; // ascending; status 0: no response seen
  std::vector<sensitive_place> sensitive;                        // by place, then class
};

struct api_summary {
  std::string id; // 16 hex digits, stable for an authority
  std::string authority;
  std::uint64_t served = 0;
  std::uint64_t called = 0;
  wall_time first_seen{};
  wall_time last_seen{};
  std::size_t endpoint_count = 0;          // by path shape; `endpoints` is shorter where shapes share a path
  std::vector<endpoint_summary> endpoints; // by path, then method; empty in lists of APIs
};

} // namespace cleartap
