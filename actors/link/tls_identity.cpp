#include "actors/link/tls_identity.hpp"

#include "actors/link/peer_names.hpp"
#include "config/host_name.hpp"

#include <cerrno>
#include <cstring>
#include <openssl/err.h>
#include <sys/stat.h>

namespace cleartap {

namespace {

constexpr auto chain_length_max = 4;

/// OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

failure refused(const char* setting, const std::filesystem::path& file, const char* otherwise) {
  const auto code = ERR_peek_error(); // the first is nearest to the cause
  const auto* reason =
      ERR_GET_LIB(code) == ERR_LIB_SYS ? std::strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
  auto text = std::string{setting} + ": " + file.string() + ": " + (code != 0 && reason ? reason : otherwise);
  ERR_clear_error();
  return {std::move(text)};
}

void allow_only_what_the_link_needs(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(context, chain_length_max);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // every session proves its certificate
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
}

bool expect_name(SSL* ssl, const std::string& name) {
  if (is_ipv4_address(name) || is_ipv6_address(name))
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

} // namespace

tls_identity::tls_identity(tls_side side, tls_files files, report_fn report)
    : side_{side}, files_{std::move(files)}, report_{std::move(report)} {}

std::string tls_identity::stamp() const {
  auto text = std::string{};
  for (const auto* file : {&files_.certificate, &files_.key, &files_.ca}) {
    struct stat is{};
    if (::stat(file->c_str(), &is) != 0)
      text += "none;";
    else
      for (const auto part : {static_cast<std::int64_t>(is.st_dev), static_cast<std::int64_t>(is.st_ino),
                              static_cast<std::int64_t>(is.st_size), static_cast<std::int64_t>(is.st_mtim.tv_sec),
                              static_cast<std::int64_t>(is.st_mtim.tv_nsec)})
        text += std::to_string(part) + ";";
  }
  return text;
}

result<ssl_ctx_ptr> tls_identity::read() const {
  ERR_clear_error();
  auto made = ssl_ctx_ptr{SSL_CTX_new(side_ == tls_side::server ? TLS_server_method() : TLS_client_method())};
  auto* context = made.get();
  if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1)
    return failure{"OpenSSL has no TLS 1.3"};
  allow_only_what_the_link_needs(context);
  if (SSL_CTX_use_certificate_chain_file(context, files_.certificate.c_str()) != 1)
    return refused("link.cert", files_.certificate, "no certificate in it");
  if (SSL_CTX_use_PrivateKey_file(context, files_.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return refused("link.key", files_.key, "not the key of the certificate in link.cert");
  if (SSL_CTX_load_verify_file(context, files_.ca.c_str()) != 1)
    return refused("link.ca", files_.ca, "no certificate in it");
  return made;
}

result<void> tls_identity::refresh() {
  auto guard = std::lock_guard{mutex_};
  auto now = stamp();
  if (now != stamp_) {
    stamp_ = std::move(now);
    auto next = read();
    if (next) {
      context_ = *std::move(next);
      report_("certificate files read, of " + name().value_or("nobody"));
    } else {
      why_ = next.error().text;
      report_("certificate files refused" + std::string{context_ ? ", the ones before stay in use: " : ": "} + why_);
    }
  }
  if (!context_)
    return failure{why_};
  return {};
}

result<ssl_ptr> tls_identity::session(int fd, const std::string& peer) {
  auto guard = std::lock_guard{mutex_};
  if (auto fresh = refresh(); !fresh)
    return fresh.error();
  ERR_clear_error();
  auto made = ssl_ptr{SSL_new(context_.get())};
  const auto named = side_ == tls_side::client && !peer.empty() && !peer.starts_with("*.");
  if (!made || SSL_set_fd(made.get(), fd) != 1 || (named && !expect_name(made.get(), peer)))
    return failure{"OpenSSL has no memory for a connection"};
  if (side_ == tls_side::server)
    SSL_set_accept_state(made.get());
  else
    SSL_set_connect_state(made.get());
  return made;
}

std::optional<std::string> tls_identity::name() const {
  auto guard = std::lock_guard{mutex_};
  const auto names = context_ ? names_of(SSL_CTX_get0_certificate(context_.get())) : std::vector<std::string>{};
  return names.empty() ? std::nullopt : std::optional{names.front()};
}

std::optional<std::chrono::sys_seconds> tls_identity::end() const {
  auto guard = std::lock_guard{mutex_};
  auto parts = std::tm{};
  if (!context_ || ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context_.get())), &parts) != 1)
    return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{timegm(&parts)}};
}

std::chrono::days days_left(std::chrono::sys_seconds end, std::chrono::sys_seconds now) noexcept {
  return std::chrono::floor<std::chrono::days>(end - now);
}

} // namespace cleartap
