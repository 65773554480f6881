// Finds the operation of a GraphQL request (GraphQL over HTTP; GraphQL, October 2021, 2). Refuses to validate it.
#pragma once

#include <string>
#include <string_view>

namespace cleartap {

// All of these give "query Name", "mutation", ...; of a batch the first eight, with commas between them; "" if it is
// no GraphQL, or too much of it is missing.

/// `document` is GraphQL text; `name` the operation that is chosen of it, or empty.
[[nodiscard]] std::string graphql_operation(std::string_view document, std::string_view name);

/// The parameters of a GET, still encoded.
[[nodiscard]] std::string graphql_operation_of_query(std::string_view query);

/// The body of a POST: one request, or an array of them.
[[nodiscard]] std::string graphql_operation_of_json(std::string_view body);

} // namespace cleartap
