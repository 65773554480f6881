// ClientHellos as RFC 8446 section 4.1.2 lays them out, whole or with any part wrong. Refuses to know who reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap::hellos {

using bytes = std::vector<std::uint8_t>;

inline bytes number(std::size_t value, std::size_t size) {
  auto out = bytes(size);
  for (auto at = size; at-- > 0; value >>= 8)
    out[at] = static_cast<std::uint8_t>(value);
  return out;
}

inline bytes text(std::string_view text) { return {text.begin(), text.end()}; }

inline bytes operator+(bytes left, const bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// With its length in so many bytes before it.
inline bytes sized(std::size_t length_size, const bytes& content) {
  return number(content.size(), length_size) + content;
}

inline bytes extension(std::size_t type, const bytes& body) { return number(type, 2) + sized(2, body); }

inline bytes server_name(std::string_view name) { return extension(0, sized(2, number(0, 1) + sized(2, text(name)))); }

inline bytes protocols(const std::vector<std::string_view>& names) {
  auto list = bytes{};
  for (auto name : names)
    list = list + sized(1, text(name));
  return extension(16, sized(2, list));
}

/// What an extension of a key exchange after the quantum computer takes.
inline bytes key_share(std::size_t size) { return extension(51, bytes(size, 0x5a)); }

struct hello {
  bytes session_id = bytes(32, 7);
  bytes suites = bytes{0x13, 0x01, 0x13, 0x02};
  bytes methods = bytes{0};
  bytes extensions = {};
  bool has_extensions = true;

  bytes record() const {
    auto body = bytes{3, 3} + bytes(32, 9) + sized(1, session_id) + sized(2, suites) + sized(1, methods);
    if (has_extensions)
      body = body + sized(2, extensions);
    return bytes{22, 3, 1} + sized(2, bytes{1} + sized(3, body));
  }
};

} // namespace cleartap::hellos
