#include "messages/exchange.hpp"

#include <algorithm>
#include <string_view>
#include <strings.h>

namespace cleartap {

std::string_view to_string(observer_role role) noexcept { return role == observer_role::client ? "client" : "server"; }

std::string_view to_string(exchange_quality quality) noexcept {
  switch (quality) {
  case exchange_quality::complete:
    return "complete";
  case exchange_quality::truncated_kernel:
    return "truncated_kernel";
  case exchange_quality::truncated_limit:
    return "truncated_limit";
  case exchange_quality::truncated_gap:
    return "truncated_gap";
  case exchange_quality::request_only:
    return "request_only";
  case exchange_quality::response_only:
    return "response_only";
  }
  return "unknown";
}

std::string_view to_string(tls_library library) noexcept {
  switch (library) {
  case tls_library::openssl:
    return "openssl";
  }
  return "unknown";
}

std::optional<std::string_view> header_value(const http_headers& headers, std::string_view name) noexcept {
  auto matches = [name](const http_header& header) {
    return header.first.size() == name.size() && strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  };
  auto found = std::ranges::find_if(headers, matches);
  if (found == headers.end())
    return std::nullopt;
  return found->second;
}

} // namespace cleartap
