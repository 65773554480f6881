#include "actors/inventory/authority.hpp"

#include "actors/inventory/ascii.hpp"
#include "actors/inventory/stable_hash.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cassert>
#include <charconv>

namespace cleartap {

namespace {

constexpr auto default_port = 443u;
constexpr auto id_digits = std::size_t{16};

/// ":8443" for what may follow a host, "" for none or the default; nothing if it is no port.
std::optional<std::string> normalised_port(std::string_view text) {
  if (text.empty() || text == ":")
    return "";
  if (text.front() != ':' || text.size() > 6 || !std::ranges::all_of(text.substr(1), is_digit))
    return std::nullopt;
  auto port = 0u;
  std::from_chars(text.data() + 1, text.data() + text.size(), port);
  if (port == 0 || port > 65535)
    return std::nullopt;
  return port == default_port ? "" : ":" + std::to_string(port);
}

std::optional<std::string> normalised_name(std::string_view text) {
  if (text.ends_with('.'))
    text.remove_suffix(1);
  auto accepts = [](char c) { return is_alnum(c) || is_one_of(c, ".-_"); };
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos ||
      !std::ranges::all_of(text, accepts))
    return std::nullopt;
  auto out = std::string{text};
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

std::optional<std::string> normalised_v6(std::string_view text) {
  auto accepts = [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; };
  auto address = in6_addr{};
  if (!std::ranges::all_of(text, accepts) || inet_pton(AF_INET6, std::string{text}.c_str(), &address) != 1)
    return std::nullopt;
  char out[INET6_ADDRSTRLEN];
  return std::string{"["} + inet_ntop(AF_INET6, &address, out, sizeof out) + "]";
}

} // namespace

std::optional<std::string> normalised_authority(std::string_view text) {
  if (text.size() > authority_size_max)
    return std::nullopt;
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto in_brackets = bracket != std::string_view::npos;
  const auto host_end = in_brackets ? bracket + 1 : std::min(text.find(':'), text.size());
  auto host = in_brackets ? normalised_v6(text.substr(1, bracket - 1)) : normalised_name(text.substr(0, host_end));
  const auto port = normalised_port(text.substr(host_end));
  if (!host || !port)
    return std::nullopt;
  return *host + *port;
}

std::string authority_of(const exchange& one) {
  assert(one.request);
  if (!one.request->host.empty())
    return normalised_authority(one.request->host).value_or(std::string{invalid_authority});
  if (!one.sockets)
    return std::string{unknown_authority};
  const auto& server = one.role == observer_role::server ? one.sockets->local : one.sockets->remote;
  return normalised_authority(to_string(server)).value_or(std::string{unknown_authority});
}

std::string api_id(std::string_view authority) {
  constexpr auto digits = std::string_view{"0123456789abcdef"};
  auto out = std::string(id_digits, '0');
  auto hash = stable_hash(authority);
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, hash >>= 4)
    *digit = digits[hash & 15];
  return out;
}

std::optional<std::uint64_t> hash_of_id(std::string_view id) noexcept {
  auto hash = std::uint64_t{0};
  auto accepts = [](char c) { return is_hex_digit(c) && !is_upper(c); };
  if (id.size() != id_digits || !std::ranges::all_of(id, accepts))
    return std::nullopt;
  std::from_chars(id.data(), id.data() + id.size(), hash, 16);
  return hash;
}

} // namespace cleartap
