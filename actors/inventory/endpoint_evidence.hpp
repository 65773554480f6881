// What was seen of one endpoint: calls, times, query, bodies, responses. Refuses to know which endpoint it is.
#pragma once

#include "actors/inventory/body_evidence.hpp"
#include "actors/inventory/bottom_k.hpp"
#include "actors/inventory/text_fields.hpp"
#include "messages/capture.hpp"
#include "messages/exchange.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cleartap {

inline constexpr auto statuses_max = std::size_t{32};        // per endpoint
inline constexpr auto sensitive_max = std::size_t{128};      // places of sensitive data, per endpoint
inline constexpr auto sensitive_size_max = std::size_t{512}; // bytes of a class with its place

struct response_evidence {
  std::uint64_t responses = 0;
  bodies_by_type bodies;

  [[nodiscard]] std::uint64_t weight() const noexcept { return responses; }
};

/// The first and the last instant of a set; of an empty one, first > last.
struct time_range {
  wall_time first = wall_time::max();
  wall_time last = wall_time::min();

  void include(const time_range& other) noexcept {
    first = std::min(first, other.first);
    last = std::max(last, other.last);
  }
};

/// Sensitive data of one class at one place.
struct sensitive_evidence {
  std::uint64_t exchanges = 0; // in which redaction found some
  std::uint64_t shown = 0;     // of them: in which it left it there
  wall_time last = wall_time::min();

  [[nodiscard]] std::uint64_t weight() const noexcept { return exchanges; }
};

/// Merging is commutative and associative: the evidence of a set of exchanges does not depend on their order or on how
/// they were divided, as long as the limits stay the same.
struct endpoint_evidence {
  std::uint64_t served = 0; // exchanges seen at the server
  std::uint64_t called = 0; // exchanges seen at the client
  time_range seen;
  text_fields query;
  bodies_by_type requests;
  bottom_k<response_evidence> responses;  // by status in decimal; "0": no response seen
  bottom_k<sensitive_evidence> sensitive; // by class and place: "card request.body.pan"

  [[nodiscard]] std::uint64_t weight() const noexcept { return saturating_sum(served, called); }
};

/// Adds one exchange. Statuses outside 100..599 (RFC 9110 section 15) are counted as left out.
/// Precondition: it has a request.
void learn(endpoint_evidence& into, const exchange& one, const schema_limits& limits);

/// Whether `text` can be a class, a blank and a place.
[[nodiscard]] bool is_sensitive_name(std::string_view text) noexcept;

/// "0" or "100".."599".
[[nodiscard]] bool is_status_name(std::string_view text) noexcept;

void merge(bottom_k<sensitive_evidence>& into, const bottom_k<sensitive_evidence>& from);
void merge(endpoint_evidence& into, const endpoint_evidence& from, const schema_limits& limits);

} // namespace cleartap
