// The names in a certificate: alternative names of kind DNS or IP, never the subject. Refuses to know connections.
#pragma once

#include <openssl/types.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// In their order; an IP address as text. Other kinds, and names that are not printable, are left out.
[[nodiscard]] std::vector<std::string> names_of(X509* certificate);

/// Whether the certificate was made for `name`, a host name or an IP address. A wildcard in the certificate covers one
/// label. False for what is no name, also for a wildcard.
[[nodiscard]] bool vouches_for(X509* certificate, std::string_view name);

/// Whether the certificate is one that `pattern` (the setting link.peer_name) asks for: "" any; "*.x" a name of one
/// label below x, or that wildcard itself; else a name that it vouches for.
[[nodiscard]] bool is_peer(X509* certificate, std::string_view pattern);

} // namespace cleartap
