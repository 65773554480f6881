#include "actors/link/tls_io.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace cleartap {

namespace {

struct named_cause {
  int code;
  const char* text;
};

/// What we found wrong with the peer's certificate.
constexpr named_cause certificate_causes[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "it has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "it is not valid yet; compare the clocks of both machines"},
    {X509_V_ERR_HOSTNAME_MISMATCH, "it is for another name than link.peer_name or the host of link.connect"},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, "it is for another address than link.peer_name or the host of link.connect"},
    {X509_V_ERR_INVALID_PURPOSE, "its extended key usage does not allow this side of a connection"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "another CA than that of link.ca signed it"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "another CA than that of link.ca signed it"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "another CA than that of link.ca signed it"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "another CA than that of link.ca signed it"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "another CA than that of link.ca signed it"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "no CA signed it"},
};

/// What else went wrong; alerts are what the peer found wrong with us.
constexpr named_cause tls_causes[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "the peer showed no certificate"},
    {SSL_R_HTTP_REQUEST, "the peer speaks HTTP without TLS"},
    {SSL_R_HTTPS_PROXY_REQUEST, "the peer speaks HTTP without TLS"},
    {SSL_R_WRONG_VERSION_NUMBER, "the peer does not speak TLS"},
    {SSL_R_PACKET_LENGTH_TOO_LONG, "the peer does not speak TLS"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "the peer has no TLS 1.3"},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, "the peer has no TLS 1.3"},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, "closed by the peer"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "the peer refuses TLS 1.3"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the peer refuses our certificate: its CA did not sign it"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "the peer refuses our certificate: it has expired"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "the peer refuses our certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "the peer refuses our certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "the peer refuses our certificate: it is revoked"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
     "the peer refuses our certificate: its extended key usage does not allow this side of a connection"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "the peer wants a certificate"},
    {SSL_R_TLSV1_ALERT_ACCESS_DENIED, "the peer refuses us"},
};

const char* named(std::span<const named_cause> causes, int code) {
  const auto found = std::ranges::find(causes, code, &named_cause::code);
  return found == causes.end() ? nullptr : found->text;
}

std::string certificate_reason(long verdict) {
  const auto* known = named(certificate_causes, static_cast<int>(verdict));
  return std::string{"the peer's certificate is refused: "} + (known ? known : X509_verify_cert_error_string(verdict));
}

std::string reason(SSL* ssl, int kind, int error) {
  const auto code = ERR_peek_last_error();
  const auto unverified = ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  if (const auto verdict = SSL_get_verify_result(ssl); unverified && verdict != X509_V_OK)
    return certificate_reason(verdict);
  if (kind == SSL_ERROR_ZERO_RETURN)
    return "closed by the peer";
  if (kind == SSL_ERROR_SYSCALL || ERR_GET_LIB(code) == ERR_LIB_SYS)
    return error != 0 ? std::strerror(error) : "closed by the peer";
  if (const auto* known = named(tls_causes, ERR_GET_REASON(code)); known && ERR_GET_LIB(code) == ERR_LIB_SSL)
    return known;
  const auto* text = ERR_reason_error_string(code);
  return std::string{"TLS: "} + (text ? text : "an error without a name");
}

template <class Step>
tls_outcome take_step(SSL* ssl, Step step) {
  ERR_clear_error();
  errno = 0;
  const auto result = step();
  const auto error = errno;
  if (result > 0)
    return {tls_state::done, static_cast<std::size_t>(result), {}};
  const auto kind = SSL_get_error(ssl, result);
  if (kind == SSL_ERROR_WANT_READ)
    return {tls_state::wants_read, 0, {}};
  if (kind == SSL_ERROR_WANT_WRITE)
    return {tls_state::wants_write, 0, {}};
  auto why = reason(ssl, kind, error);
  ERR_clear_error();
  return {tls_state::failed, 0, std::move(why)};
}

int at_most(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, 1 << 30)); }

} // namespace

tls_outcome shake_hands(SSL* ssl) {
  auto outcome = take_step(ssl, [&] { return SSL_do_handshake(ssl); });
  outcome.size = 0;
  return outcome;
}

tls_outcome read_some(SSL* ssl, std::span<std::uint8_t> target) {
  return take_step(ssl, [&] { return SSL_read(ssl, target.data(), at_most(target.size())); });
}

tls_outcome write_some(SSL* ssl, std::span<const std::uint8_t> bytes) {
  return take_step(ssl, [&] { return SSL_write(ssl, bytes.data(), at_most(bytes.size())); });
}

} // namespace cleartap
