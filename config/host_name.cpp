#include "config/host_name.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <string>

namespace cleartap {

namespace {

bool is_address(int family, std::string_view text) {
  auto ignored = in6_addr{};
  return text.find('\0') == text.npos && inet_pton(family, std::string{text}.c_str(), &ignored) == 1;
}

} // namespace

bool is_dns_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > host_name_size_max)
    return false;
  for (auto rest = text; !rest.empty();) {
    const auto label = rest.substr(0, rest.find('.'));
    const auto fits = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-';
    if (!fits || !std::all_of(label.begin(), label.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        }))
      return false;
    if (label.size() + 1 == rest.size())
      return false; // a dot at the end
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
  }
  return true;
}

bool is_ipv4_address(std::string_view text) { return is_address(AF_INET, text); }

bool is_ipv6_address(std::string_view text) { return is_address(AF_INET6, text); }

bool is_host_name(std::string_view text) { return is_ipv4_address(text) || is_ipv6_address(text) || is_dns_name(text); }

} // namespace cleartap
