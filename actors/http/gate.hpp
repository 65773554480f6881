// Who may see what is not for everybody who reaches a port. Refuses to know what that is.
#pragma once

#include "actors/http/http_server.hpp"

#include <string>

namespace cleartap {

enum class gate_verdict : std::uint8_t {
  open,
  token_needed, // there is a token, and it was not shown
  closed        // there is none
};

/// Open on loopback; elsewhere only to those who show the token.
class gate {
public:
  gate() = default; // closed

  /// `token` may be empty: there is none.
  gate(const listen_address& where, std::string token);

  [[nodiscard]] gate_verdict check(const http_query& query) const noexcept;

private:
  bool on_loopback_ = false;
  std::string token_;
};

} // namespace cleartap
