#include "actors/link/certificates.hpp"

#include "actors/link/openssl_pointers.hpp"
#include "config/host_name.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

namespace cleartap {

namespace {

// Clocks differ: a certificate that is copied at once must be valid where it arrives.
constexpr auto clock_difference_max = std::chrono::hours{1};

constexpr auto common_name_size_max = std::size_t{64}; // X.520, ub-common-name

failure openssl_failure(std::string what) {
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return {std::move(what) + ": " + (reason ? reason : "OpenSSL does not say why")};
}

bio_ptr reading(const std::string& text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

/// A file of another kind is refused; one with a passphrase too, instead of asking at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

x509_ptr read_certificate(const std::string& pem) {
  return x509_ptr{PEM_read_bio_X509(reading(pem).get(), nullptr, no_passphrase, nullptr)};
}

pkey_ptr read_key(const std::string& pem) {
  return pkey_ptr{PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, no_passphrase, nullptr)};
}

template <class Write>
std::string written(Write write) {
  const auto out = bio_ptr{BIO_new(BIO_s_mem())};
  if (!out || write(out.get()) != 1)
    return {};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::chrono::sys_seconds time_of(const ASN1_TIME* when) {
  auto parts = std::tm{};
  return ASN1_TIME_to_tm(when, &parts) == 1 ? std::chrono::sys_seconds{std::chrono::seconds{timegm(&parts)}}
                                            : std::chrono::sys_seconds{};
}

bool set_time(ASN1_TIME* target, std::chrono::sys_seconds when) {
  return ASN1_TIME_set(target, when.time_since_epoch().count()) != nullptr;
}

/// 127 random bits: positive, so 16 bytes at most, and unique without a register.
bool set_serial(X509* certificate) {
  auto bytes = std::array<unsigned char, 16>{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return false;
  bytes.front() = static_cast<unsigned char>((bytes.front() & 0x7F) | 0x40);
  return ASN1_STRING_set(X509_get_serialNumber(certificate), bytes.data(), static_cast<int>(bytes.size())) == 1;
}

bool set_subject(X509* certificate, std::string_view name) {
  auto* subject = X509_get_subject_name(certificate);
  const auto add = [&](const char* field, std::string_view value) {
    return X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("O", "cleartap") && (name.size() > common_name_size_max || add("CN", name));
}

struct extension {
  int kind;
  std::string value;
};

bool add_extensions(X509* certificate, X509* issuer, std::initializer_list<extension> extensions) {
  auto context = X509V3_CTX{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  return std::ranges::all_of(extensions, [&](const extension& each) {
    auto* made = X509V3_EXT_conf_nid(nullptr, &context, each.kind, each.value.c_str());
    const auto added = made && X509_add_ext(certificate, made, -1) == 1;
    X509_EXTENSION_free(made);
    return added;
  });
}

result<key_and_certificate> signed_by(X509* certificate, EVP_PKEY* key, EVP_PKEY* issuer_key) {
  if (X509_sign(certificate, issuer_key, EVP_sha256()) == 0)
    return openssl_failure("cannot sign a certificate");
  auto made = key_and_certificate{
      written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); }), written([&](BIO* out) {
        return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
      })};
  if (made.certificate.empty() || made.key.empty())
    return openssl_failure("cannot write a certificate");
  return made;
}

/// Without issuer and extensions.
x509_ptr new_certificate(std::string_view name, EVP_PKEY* key, std::chrono::sys_seconds begin,
                         std::chrono::sys_seconds end) {
  auto made = x509_ptr{X509_new()};
  auto* each = made.get();
  const auto done = each && X509_set_version(each, X509_VERSION_3) == 1 && set_serial(each) &&
                    set_subject(each, name) && set_time(X509_getm_notBefore(each), begin) &&
                    set_time(X509_getm_notAfter(each), end) && X509_set_pubkey(each, key) == 1;
  return done ? std::move(made) : nullptr;
}

std::string alternative_name(std::string_view name) {
  const auto address = is_ipv4_address(name) || is_ipv6_address(name);
  return (address ? "IP:" : "DNS:") + std::string{name};
}

} // namespace

result<void> check_certificate_name(std::string_view name) {
  const auto wildcard = name.starts_with("*.");
  const auto plain = wildcard ? name.substr(2) : name;
  if (wildcard && is_dns_name(plain) && plain.find('.') == plain.npos)
    return failure{"\"" + shown(name) + "\" covers too much: TLS libraries want two labels behind the *, as in " +
                   "*.sniffer.cleartap"};
  if (wildcard ? !is_dns_name(plain) : !is_host_name(plain))
    return failure{"\"" + shown(name) + "\" is no name for a certificate: name a host, an IP address or a wildcard " +
                   "such as *.sniffer.cleartap"};
  return {};
}

result<key_and_certificate> make_ca(std::string_view name, const validity& valid) {
  ERR_clear_error();
  const auto key = pkey_ptr{EVP_EC_gen("P-256")};
  if (!key)
    return openssl_failure("cannot make a key");
  const auto made = new_certificate(name, key.get(), valid.now - clock_difference_max, valid.now + valid.length);
  if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) != 1 ||
      !add_extensions(made.get(), made.get(),
                      {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                       {NID_key_usage, "critical,keyCertSign,cRLSign"},
                       {NID_subject_key_identifier, "hash"}}))
    return openssl_failure("cannot make a CA");
  return signed_by(made.get(), key.get(), key.get());
}

result<key_and_certificate> make_certificate(const key_and_certificate& ca, std::string_view name,
                                             const validity& valid) {
  ERR_clear_error();
  if (auto checked = check_certificate_name(name); !checked)
    return checked.error();
  const auto issuer = read_certificate(ca.certificate);
  const auto issuer_key = read_key(ca.key);
  if (!issuer || !issuer_key)
    return openssl_failure(issuer ? "the CA's key cannot be read" : "the CA's certificate cannot be read");
  if (X509_check_private_key(issuer.get(), issuer_key.get()) != 1)
    return openssl_failure("the CA's key is not the one of its certificate");
  if (X509_check_ca(issuer.get()) != 1)
    return failure{"the CA's certificate may not sign others"};
  const auto issuer_end = time_of(X509_get0_notAfter(issuer.get()));
  if (issuer_end <= valid.now)
    return failure{"the CA has expired"};
  const auto key = pkey_ptr{EVP_EC_gen("P-256")};
  if (!key)
    return openssl_failure("cannot make a key");
  const auto made = new_certificate(name, key.get(), valid.now - clock_difference_max,
                                    std::min<std::chrono::sys_seconds>(valid.now + valid.length, issuer_end));
  if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !add_extensions(made.get(), issuer.get(),
                      {{NID_basic_constraints, "critical,CA:FALSE"},
                       {NID_key_usage, "critical,digitalSignature"},
                       {NID_ext_key_usage, "serverAuth,clientAuth"},
                       {NID_subject_alt_name, alternative_name(name)},
                       {NID_subject_key_identifier, "hash"},
                       {NID_authority_key_identifier, "keyid"}}))
    return openssl_failure("cannot make a certificate");
  return signed_by(made.get(), key.get(), issuer_key.get());
}

result<std::chrono::sys_seconds> end_of(const std::string& certificate) {
  ERR_clear_error();
  const auto read = read_certificate(certificate);
  if (!read)
    return openssl_failure("the certificate cannot be read");
  return time_of(X509_get0_notAfter(read.get()));
}

} // namespace cleartap
