// OpenAPI 3.1 documents from operations. Refuses to keep state.
#pragma once

#include "actors/inventory/operations.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cleartap {

/// The document of one API, pretty-printed; equal evidence gives equal text. `left_out`: exchanges of endpoints that
/// the API has no room for. Beyond OpenAPI 3.1.0 it has:
///   x-cleartap           at the top, operations, responses and media types: how much was seen, what was left out
///   x-cleartap-sensitive in an operation: what redaction found, [{class, place, exchanges, shown, last_seen}], never a
///                        value; `shown`: the exchanges in which it was not removed
///   x-cleartap-methods   in a path item: operations of methods for which OpenAPI has no field, by method
///   x-cleartap-asterisk  in paths: the path item of "*"
/// The servers are not named if the authority is unknown or invalid.
[[nodiscard]] std::string openapi_document(std::string_view authority, const operation_map& operations,
                                           std::uint64_t left_out, const schema_limits& limits);

/// One Operation Object.
[[nodiscard]] boost::json::object operation_object(const operation& one, const schema_limits& limits);

} // namespace cleartap
