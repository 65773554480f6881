#include "actors/redaction/policy.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>

namespace cleartap {

redaction_policy::redaction_policy(std::span<const std::string> headers, std::span<const std::string> keys,
                                   masking::contact_rules contacts)
    : headers_(headers.begin(), headers.end()), keys_{keys}, contacts_{contacts} {}

std::optional<redaction_class> redaction_policy::header(std::string_view name) const {
  const auto is_name = [name](std::string_view other) { return masking::equal_any_case(name, other); };
  if (std::ranges::any_of(headers_, is_name))
    return redaction_class::custom;
  if (is_name("Access-Control-Allow-Credentials")) // "true", never a credential
    return std::nullopt;
  return key(name);
}

} // namespace cleartap
