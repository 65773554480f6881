#include "messages/capture.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

namespace cleartap {

namespace {

constexpr auto v4_mapped_prefix = std::array<std::uint8_t, 12>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

std::string to_string(const endpoint& where) {
  char text[INET6_ADDRSTRLEN];
  auto port = ":" + std::to_string(where.port);
  if (where.family == ip_family::v4)
    return inet_ntop(AF_INET, where.address.data(), text, sizeof text) + port;
  if (std::equal(v4_mapped_prefix.begin(), v4_mapped_prefix.end(), where.address.begin()))
    return inet_ntop(AF_INET, where.address.data() + v4_mapped_prefix.size(), text, sizeof text) + port;
  return "[" + std::string{inet_ntop(AF_INET6, where.address.data(), text, sizeof text)} + "]" + port;
}

} // namespace cleartap
