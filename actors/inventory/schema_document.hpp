// Evidence to JSON Schema 2020-12, the dialect of OpenAPI 3.1. Refuses to know where the values were seen.
#pragma once

#include "actors/inventory/schema_evidence.hpp"
#include "actors/inventory/text_fields.hpp"

#include <boost/json/object.hpp>

namespace cleartap {

/// `{}` without evidence. "required" lists the properties that every object had. What a limit left out is told by
/// x-cleartap-properties-left-out (occurrences) and x-cleartap-cut (containers), what redaction removed by
/// x-cleartap-redacted (classes). Keys that were dropped as data are additionalProperties.
[[nodiscard]] boost::json::object json_schema(const schema_evidence& evidence);

/// Of values that travel as text: the narrowest of integer, number, boolean and string that fits all values that
/// redaction left.
[[nodiscard]] boost::json::object text_schema(const schema_evidence& evidence);

/// Of one field; an array if one call had it more than once.
[[nodiscard]] boost::json::object field_schema(const field_evidence& field);

/// An object of a form's fields; "required" lists the fields that each of `forms` forms had.
[[nodiscard]] boost::json::object form_schema(const text_fields& fields, std::uint64_t forms);

} // namespace cleartap
