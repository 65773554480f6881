#include "actors/inventory/openapi.hpp"

#include "actors/inventory/ascii.hpp"
#include "actors/inventory/authority.hpp"
#include "actors/inventory/pretty_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace cleartap {

namespace {

namespace json = boost::json;

constexpr auto fixed_methods =
    std::array<std::string_view, 8>{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"};

/// Methods are case-sensitive (RFC 9110 section 9.1): "get" is not GET.
bool has_field(std::string_view method) noexcept {
  return std::ranges::find(fixed_methods, method) != fixed_methods.end();
}

std::string lower(std::string_view text) {
  auto out = std::string{text};
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

json::object& child(json::object& parent, std::string_view key) {
  auto& slot = parent[key];
  return slot.is_object() ? slot.get_object() : slot.emplace_object();
}

json::object paths_object(const operation_map& operations, const schema_limits& limits) {
  auto out = json::object{};
  for (const auto& [key, one] : operations) {
    auto& item = child(out, key.path == "*" ? "x-cleartap-asterisk" : key.path);
    if (has_field(key.method))
      item[lower(key.method)] = operation_object(one, limits);
    else
      child(item, "x-cleartap-methods")[key.method] = operation_object(one, limits);
  }
  return out;
}

} // namespace

std::string openapi_document(std::string_view authority, const operation_map& operations, std::uint64_t left_out,
                             const schema_limits& limits) {
  auto out = json::object{};
  out["openapi"] = "3.1.0";
  out["info"] = {{"title", authority},
                 {"version", "0.0.0-observed"},
                 {"description", "Inferred by cleartap from observed traffic: what was not seen is not here."}};
  if (authority != unknown_authority && authority != invalid_authority)
    out["servers"] = json::array{json::object{{"url", "https://" + std::string{authority}}}};
  out["paths"] = paths_object(operations, limits);
  if (left_out > 0)
    out["x-cleartap"] = {{"exchanges_of_endpoints_left_out", left_out}};
  return pretty(out);
}

} // namespace cleartap
