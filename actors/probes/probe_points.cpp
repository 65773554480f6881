#include "actors/probes/probe_points.hpp"

#include <algorithm>
#include <array>

namespace cleartap {

namespace {

constexpr auto openssl = std::array{
    probe_point{"SSL_read", "ssl_read"},
    probe_point{"SSL_write", "ssl_write"},
    probe_point{"SSL_read_ex", "ssl_read_ex"},
    probe_point{"SSL_write_ex", "ssl_write_ex"},
    probe_point{"SSL_write_ex2", "ssl_write_ex2"},
    probe_point{"SSL_read_early_data", "ssl_read_ex"},
    probe_point{"SSL_write_early_data", "ssl_write_ex"},
    probe_point{"SSL_sendfile", "ssl_sendfile"},
    probe_point{"BIO_f_ssl: read", "ssl_bio_read"},
    probe_point{"BIO_f_ssl: write", "ssl_bio_write"},
    probe_point{"SSL_free", "connection_ends", false},
    probe_point{"SSL_clear", "connection_ends", false},
};

constexpr auto gnutls = std::array{
    probe_point{"gnutls_record_recv", "gnutls_receive"},
    probe_point{"gnutls_record_recv_seq", "gnutls_receive"},
    probe_point{"gnutls_record_recv_early_data", "gnutls_receive"},
    probe_point{"gnutls_record_recv_packet", "gnutls_receive_packet"},
    probe_point{"gnutls_record_send", "gnutls_send"},
    probe_point{"gnutls_record_send2", "gnutls_send"},
    probe_point{"gnutls_record_send_range", "gnutls_send"},
    probe_point{"gnutls_record_send_early_data", "gnutls_send_early"},
    probe_point{"gnutls_record_uncork", "gnutls_uncork"},
    probe_point{"gnutls_deinit", "connection_ends", false},
};

constexpr auto nss = std::array{
    probe_point{"NSS: read", "nss_read"},
    probe_point{"NSS: write", "nss_write"},
    probe_point{"NSS: recv", "nss_receive"},
    probe_point{"NSS: send", "nss_write"},
    probe_point{"NSS: close", "connection_ends", false},
};

} // namespace

std::span<const probe_point> openssl_points() noexcept { return openssl; }
std::span<const probe_point> gnutls_points() noexcept { return gnutls; }
std::span<const probe_point> nss_points() noexcept { return nss; }

const probe_point* find_point(std::string_view function) noexcept {
  for (auto points : {openssl_points(), gnutls_points(), nss_points()})
    if (auto found = std::ranges::find(points, function, &probe_point::function); found != points.end())
      return &*found;
  return nullptr;
}

} // namespace cleartap
