#include "actors/http/loopback.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <netinet/in.h>
#include <string>

namespace cleartap {

namespace {

constexpr auto address_size_max = std::size_t{INET6_ADDRSTRLEN};

bool is_localhost(std::string_view host) noexcept {
  return std::ranges::equal(host, std::string_view{"localhost"}, {},
                            [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
}

bool is_port(std::string_view text) noexcept {
  return text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

bool is_loopback(std::string_view host) noexcept {
  if (is_localhost(host))
    return true;
  if (host.size() >= address_size_max)
    return false;
  auto text = std::string{host};
  auto v4 = in_addr{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1)
    return ntohl(v4.s_addr) >> 24 == 127;
  auto v6 = in6_addr{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool names_loopback(std::string_view host_header) noexcept {
  auto host = host_header;
  if (host.starts_with('[')) {
    auto end = host.find(']');
    if (end == std::string_view::npos)
      return false;
    auto rest = host.substr(end + 1);
    host = host.substr(1, end - 1);
    return (rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)))) &&
           host.find(':') != std::string_view::npos && is_loopback(host);
  }
  auto colon = host.find(':');
  if (colon != std::string_view::npos && !is_port(host.substr(colon + 1)))
    return false;
  return is_loopback(host.substr(0, colon));
}

} // namespace cleartap
