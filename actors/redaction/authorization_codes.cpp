#include "actors/redaction/authorization_codes.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>

namespace cleartap::masking {

namespace {

constexpr auto size_min = std::size_t{16}; // issuers use 20 and more; a postal code beside a state has fewer

constexpr auto reach_max = std::size_t{1024}; // bytes on each side of a code that tell what it is

constexpr auto companions = std::to_array<std::string_view>(
    {"state", "session_state", "grant_type", "redirect_uri", "client_id", "code_verifier", "iss"});

/// Whether `query` has a parameter of this name.
bool has_parameter(std::string_view query, std::string_view name) noexcept {
  for (auto at = query.find(name); at != std::string_view::npos; at = query.find(name, at + 1)) {
    const auto end = at + name.size();
    if (end < query.size() && query[end] == '=' && (at == 0 || is_one_of(query[at - 1], "&?#;\n")))
      return true;
  }
  return false;
}

/// Issuers write codes in base64 or base64url, with dots and tildes. Programs in the links of playgrounds are not.
bool may_be_code(std::string_view value) noexcept {
  if (value.size() < size_min || std::ranges::all_of(value, is_digit))
    return false;
  for (; !value.empty(); value.remove_prefix(1)) {
    const auto is_escape =
        starts_any_case(value, "%2F") || starts_any_case(value, "%2B") || starts_any_case(value, "%3D");
    if (!is_escape && !is_base64url(value[0]) && !is_one_of(value[0], ".~/+="))
      return false;
    value.remove_prefix(is_escape ? 2 : 0);
  }
  return true;
}

} // namespace

bool authorization_codes::hold(std::string_view name, std::string_view value) noexcept {
  if (name != "code" || !may_be_code(value))
    return false;
  if (looks_left_ == 0)
    return true;
  --looks_left_;
  const auto at = static_cast<std::size_t>(value.data() - text_.data());
  const auto begin = at - std::min(at, reach_max);
  const auto near = text_.substr(begin, at + value.size() + reach_max - begin);
  return std::ranges::any_of(companions, [near](std::string_view each) { return has_parameter(near, each); });
}

} // namespace cleartap::masking
