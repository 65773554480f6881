// What was seen of message bodies, by media type. Refuses to know whether they were requests or responses.
#pragma once

#include "actors/inventory/bottom_k.hpp"
#include "actors/inventory/schema_evidence.hpp"
#include "actors/inventory/text_fields.hpp"
#include "messages/exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cleartap {

inline constexpr auto media_types_max = std::size_t{8};       // per request, and per status of the responses
inline constexpr auto media_type_size_max = std::size_t{127}; // bytes
inline constexpr auto body_nesting_max = std::size_t{256};    // JSON that is deeper is not read at all

struct body_evidence {
  std::uint64_t bodies = 0;
  std::uint64_t learned = 0;   // of these, read into schema or fields
  std::uint64_t malformed = 0; // complete, but not what the media type says, or deeper than body_nesting_max
  schema_evidence schema;      // of JSON
  text_fields fields;          // of forms

  [[nodiscard]] std::uint64_t weight() const noexcept { return bodies; }
};

using bodies_by_type = bottom_k<body_evidence>;

enum class media_kind : std::uint8_t { json, form, opaque };

[[nodiscard]] media_kind kind_of(std::string_view media_type) noexcept;

/// The media type of a Content-Type field in lower case, without parameters (RFC 9110 section 8.3.1); one that is
/// missing, malformed or too long is "application/octet-stream".
[[nodiscard]] std::string media_type(const http_headers& headers);

/// Whether `text` can be the result of media_type().
[[nodiscard]] bool is_media_type(std::string_view text) noexcept;

/// Adds a body unless it is empty. Its content is read only if `complete`.
void learn(bodies_by_type& into, const http_headers& headers, const http_body& body, bool complete,
           const schema_limits& limits);

void merge(bodies_by_type& into, const bodies_by_type& from, const schema_limits& limits);

} // namespace cleartap
