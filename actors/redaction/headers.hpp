// Masks HTTP header fields. Refuses to know bodies.
#pragma once

#include "actors/redaction/mask_writer.hpp"
#include "messages/exchange.hpp"

#include <cstddef>

namespace cleartap::masking {

/// A sensitive field loses its whole value, but Authorization keeps a known scheme (RFC 9110 section 11.6.2) and
/// cookies keep their names and attributes if they are well-formed (RFC 6265 section 4). All other values, URLs among
/// them, are masked as text. `work_left`: bytes that may still be looked at.
void mask_headers(http_headers& headers, const redaction_policy& policy, redaction_stats& stats,
                  std::size_t& work_left);

/// Masks the authority of a request: names of hosts and ports stay.
void mask_host(std::string_view host, mask_writer& out);

} // namespace cleartap::masking
