// Shapes to the paths of an OpenAPI document: placeholders get names. Refuses to know what was observed.
#pragma once

#include "actors/inventory/path_shape.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

inline constexpr auto parameter_name_size_max = std::size_t{64}; // bytes; longer literals lend their beginning

struct path_parameter {
  std::string name;
  segment_type type = segment_type::integer;
};

struct named_path {
  std::string text; // "/users/{userId}"
  std::vector<path_parameter> parameters;
};

/// A parameter is called after the nearest literal segment before it, in the singular: "/users/{int}" gives "userId".
/// Without one it is "id". Equal names in one path are numbered from 2 on. Names do not depend on the types, so shapes
/// that differ in types alone get the same text.
[[nodiscard]] named_path name_parameters(std::string_view shape);

/// A literal segment as an identifier: "user-profiles" gives "userProfiles". Percent-encoded octets count as
/// separators.
[[nodiscard]] std::string camel_case(std::string_view segment);

/// "users" gives "user", "categories" "category", "addresses" "address"; "status" stays.
[[nodiscard]] std::string singular(std::string word);

/// The identifier of an operation, "getUsersByUserId", at most operation_id_size_max bytes. Not unique: different paths
/// can give the same.
[[nodiscard]] std::string operation_id(std::string_view method, const named_path& path);

inline constexpr auto operation_id_size_max = std::size_t{128};

} // namespace cleartap
