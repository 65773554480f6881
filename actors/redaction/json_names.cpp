#include "actors/redaction/json_names.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace cleartap::masking {

namespace {

constexpr auto name_reach_max = std::size_t{256};    // bytes from a value to its name
constexpr auto schema_reach_max = std::size_t{2048}; // bytes of an object that tell whether it is a schema

bool is_among(std::string_view key, std::span<const std::string_view> keys) noexcept {
  return std::ranges::any_of(keys, [key](std::string_view other) { return equal_any_case(key, other); });
}

/// The string that the object that `text` goes on with has under the first key that is `wanted`.
template <class Wanted>
std::optional<json_string> find_string(std::string_view text, Wanted wanted) noexcept {
  auto scanner = json_scanner{text};
  auto depth = std::size_t{0};
  auto found = false;
  for (auto at = std::size_t{0}; at < text.size();) {
    if (is_one_of(text[at], "{["))
      ++depth;
    if (is_one_of(text[at], "}]") && depth-- == 0)
      break;
    if (text[at] != '"') {
      ++at;
      continue;
    }
    const auto string = scanner.read_string(at);
    if (found)
      return string;
    at = next_token(text, string.end);
    found = depth == 0 && at < text.size() && text[at] == ':' && wanted(string.content);
  }
  return std::nullopt;
}

/// Whether the object that `text` goes on with has `name`, with a string in its value or behind it.
bool has_key(std::string_view text, std::string_view name) noexcept {
  return find_string(text, [name](std::string_view key) { return key == name; }).has_value();
}

/// Of operations and members in Amazon's descriptions of interfaces, and of schemas whose type comes late.
bool is_documented(std::string_view text) noexcept {
  if (has_key(text, "documentation"))
    return has_key(text, "shape") || has_key(text, "http");
  return has_key(text, "description") && (has_key(text, "properties") || has_key(text, "allOf"));
}

} // namespace

bool is_naming_key(std::string_view key) noexcept {
  constexpr auto keys = std::to_array<std::string_view>(
      {"name", "key", "field", "header", "headerName", "param", "parameter", "property", "variable", "attribute", "k"});
  return key.size() < 11 && is_among(key, keys);
}

bool is_value_key(std::string_view key) noexcept {
  constexpr auto keys = std::to_array<std::string_view>({"value", "values", "val", "v", "content"});
  return key.size() < 8 && is_among(key, keys);
}

std::optional<json_string> find_name(std::string_view text) noexcept {
  return find_string(text.substr(0, name_reach_max), is_naming_key);
}

bool describes_value(std::string_view text) noexcept {
  text = text.substr(0, schema_reach_max);
  // What Kubernetes says about the volume of a secret or a token.
  if (find_string(text, [](std::string_view key) { return key == "secretName" || key == "expirationSeconds"; }))
    return true;
  constexpr auto types = std::to_array<std::string_view>(
      {"string", "object", "array", "integer", "number", "boolean", "null", "structure", "list", "map", "blob"});
  const auto is_type = [](std::string_view key) { return key == "type" || key == "$ref"; };
  if (is_documented(text))
    return true;
  const auto type = find_string(text, is_type);
  return type && (std::ranges::find(types, type->content) != types.end() || type->content.starts_with("#/"));
}

bool names_member(std::string_view key, std::string_view text) noexcept {
  text = text.substr(0, name_reach_max);
  return (key == "input_token" || key == "output_token") && (has_key(text, "limit_key") || has_key(text, "result_key"));
}

bool is_schema_key(std::string_view key) noexcept {
  constexpr auto keys = std::to_array<std::string_view>({"type",
                                                         "format",
                                                         "description",
                                                         "title",
                                                         "pattern",
                                                         "minLength",
                                                         "maxLength",
                                                         "minimum",
                                                         "maximum",
                                                         "min",
                                                         "max",
                                                         "minItems",
                                                         "maxItems",
                                                         "uniqueItems",
                                                         "required",
                                                         "$ref",
                                                         "documentation",
                                                         "shape",
                                                         "location",
                                                         "locationName",
                                                         "insertionOrder",
                                                         "relationshipRef",
                                                         "contentEncoding",
                                                         "contentMediaType",
                                                         "secretName",
                                                         "expirationSeconds",
                                                         "defaultMode",
                                                         "audience",
                                                         "path",
                                                         "mode"});
  return std::ranges::find(keys, key) != keys.end();
}

} // namespace cleartap::masking
