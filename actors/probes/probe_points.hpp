// Which function of a TLS library gets which kernel program. Refuses to know where the functions are.
#pragma once

#include <span>
#include <string_view>

namespace cleartap {

struct probe_point {
  std::string_view function; // its symbol; for one that has none, where it was found: "BIO_f_ssl: read"
  std::string_view program;  // in bpf/capture.bpf.c, at its entry
  bool returns = true;       // what it hands over is known when it returns
};

std::span<const probe_point> openssl_points() noexcept;
std::span<const probe_point> gnutls_points() noexcept;
std::span<const probe_point> nss_points() noexcept;

/// Null if no program is for it.
const probe_point* find_point(std::string_view function) noexcept;

} // namespace cleartap
