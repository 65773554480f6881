#include "actors/http/gate.hpp"

#include "actors/http/loopback.hpp"
#include "actors/http/token.hpp"

#include <utility>

namespace cleartap {

gate::gate(const listen_address& where, std::string token)
    : on_loopback_{is_loopback(where.host)}, token_{std::move(token)} {}

gate_verdict gate::check(const http_query& query) const noexcept {
  // Under another name the request comes through a proxy, or from a page of that name.
  if (on_loopback_ && names_loopback(query.host))
    return gate_verdict::open;
  if (token_.empty())
    return gate_verdict::closed;
  return authorized(query.authorization, token_) ? gate_verdict::open : gate_verdict::token_needed;
}

} // namespace cleartap
