// Makes the certificates of a link: a CA of its own and a certificate per name, both with P-256 keys. The time is an
// argument. Refuses to know files.
#pragma once

#include "messages/capture.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace cleartap {

/// PEM; the key is PKCS #8 without a passphrase.
struct key_and_certificate {
  std::string certificate;
  std::string key;
};

struct validity {
  std::chrono::sys_seconds now;
  std::chrono::days length;
};

/// Nothing, or what is wrong: only a host name, an IP address or a wildcard with two labels behind it ("*.x.y", of
/// which TLS libraries accept no shorter one) can be in a certificate.
[[nodiscard]] result<void> check_certificate_name(std::string_view name);

/// A CA that signs certificates of peers and no other CA.
[[nodiscard]] result<key_and_certificate> make_ca(std::string_view name, const validity& valid);

/// For both ends of a link: the peer's name is looked for among the alternative names only, so `name` is there. Ends
/// with the CA at the latest. Fails if the CA cannot sign, is not valid now, or `name` is none.
[[nodiscard]] result<key_and_certificate> make_certificate(const key_and_certificate& ca, std::string_view name,
                                                           const validity& valid);

/// When the certificate ends.
[[nodiscard]] result<std::chrono::sys_seconds> end_of(const std::string& certificate);

} // namespace cleartap
