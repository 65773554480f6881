#include "actors/link/peer_names.hpp"
#include "test/unit/link/pki.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

using namespace cleartap;
using namespace cleartap::link_pki;

namespace {

const auto server_name = std::string{"reconstructor.example"};
const auto client_name = std::string{"*.sniffer.cleartap"};

const auto by_another_ca = std::string{"the peer's certificate is refused: another CA than that of link.ca signed it"};

/// The same certificate for another use, signed again.
key_and_certificate with_usage(const key_and_certificate& issuer, const key_and_certificate& from, const char* usage) {
  const auto in = [](const std::string& text) {
    return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  };
  const auto certificate = x509_ptr{PEM_read_bio_X509(in(from.certificate).get(), nullptr, nullptr, nullptr)};
  const auto key = pkey_ptr{PEM_read_bio_PrivateKey(in(issuer.key).get(), nullptr, nullptr, nullptr)};
  X509_EXTENSION_free(
      X509_delete_ext(certificate.get(), X509_get_ext_by_NID(certificate.get(), NID_ext_key_usage, -1)));
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_ext_key_usage, usage);
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const auto out = bio_ptr{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(out.get(), certificate.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {{data, static_cast<std::size_t>(size)}, from.key};
}

struct parties {
  key_and_certificate issuer = ca();
  identity server{tls_side::server, certificate(issuer, server_name), issuer};
  identity client{tls_side::client, certificate(issuer, client_name), issuer};
};

/// What a server says of a client with this certificate, and what the client then hears.
handshake shown_to_server(parties& all, const key_and_certificate& shown) {
  auto client = identity{tls_side::client, shown, all.issuer};
  return pair{all.server, client, server_name}.outcome;
}

std::string shown_to_client(parties& all, const key_and_certificate& shown, const std::string& expected = server_name) {
  auto server = identity{tls_side::server, shown, all.issuer};
  return pair{server, all.client, expected}.outcome.client;
}

/// What the server says of bytes that are no TLS.
std::string refusal_of(parties& all, std::string_view bytes) {
  auto wire = connection{};
  auto ssl = *all.server.tls.session(wire.server(), "");
  REQUIRE(::write(wire.client(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return shake_hands(ssl.get()).why;
}

} // namespace

TEST_CASE("two sides of one CA shake hands in TLS 1.3 and know each other's names") {
  auto all = parties{};
  auto link = pair{all.server, all.client, server_name};
  CHECK(link.outcome.server == "");
  CHECK(link.outcome.client == "");
  CHECK(SSL_version(link.client.get()) == TLS1_3_VERSION);
  auto* at_server = SSL_get0_peer_certificate(link.server.get());
  CHECK(names_of(at_server) == std::vector<std::string>{client_name});
  CHECK(vouches_for(at_server, "node-1.sniffer.cleartap"));
  CHECK(is_peer(SSL_get0_peer_certificate(link.client.get()), server_name));
}

TEST_CASE("bytes pass both ways in pieces, and an end is told") {
  auto all = parties{};
  auto link = pair{all.server, all.client, server_name};
  const auto sent = std::vector<std::uint8_t>(1 << 20, 0x5A);
  auto rest = std::span{sent};
  auto received = std::size_t{0};
  auto buffer = std::vector<std::uint8_t>(1 << 16);
  while (received < sent.size()) {
    if (!rest.empty()) {
      const auto written = write_some(link.client.get(), rest);
      REQUIRE(written.state != tls_state::failed);
      rest = rest.subspan(written.size);
    }
    const auto read = read_some(link.server.get(), buffer);
    REQUIRE(read.state != tls_state::failed);
    received += read.size;
  }
  CHECK(read_some(link.server.get(), buffer).state == tls_state::wants_read);
  SSL_shutdown(link.client.get());
  CHECK(read_some(link.server.get(), buffer).why == "closed by the peer");
}

TEST_CASE("an end without a farewell is told, and what others left in the error queue is not") {
  auto all = parties{};
  auto link = pair{all.server, all.client, server_name};
  auto byte = std::uint8_t{0};
  ERR_raise(ERR_LIB_SSL, SSL_R_HTTP_REQUEST);
  CHECK(read_some(link.server.get(), {&byte, 1}).state == tls_state::wants_read);
  ::shutdown(link.wire.client(), SHUT_RDWR);
  ERR_raise(ERR_LIB_SSL, SSL_R_HTTP_REQUEST);
  CHECK(read_some(link.server.get(), {&byte, 1}).why == "closed by the peer");
}

TEST_CASE("a client whose certificate is wrong is refused by name, and hears it") {
  auto all = parties{};
  const auto refused = std::string{"the peer's certificate is refused: "};
  auto outcome = shown_to_server(all, certificate(ca("another"), client_name));
  CHECK(outcome.server == by_another_ca);
  CHECK(outcome.client == "the peer refuses our certificate: its CA did not sign it");
  const auto expired = certificate(all.issuer, client_name, today() - std::chrono::days{366});
  outcome = shown_to_server(all, expired);
  CHECK(outcome.server == refused + "it has expired");
  CHECK(outcome.client == "the peer refuses our certificate: it has expired");
  outcome = shown_to_server(all, certificate(all.issuer, client_name, today() + std::chrono::days{9}));
  CHECK(outcome.server == refused + "it is not valid yet; compare the clocks of both machines");
  outcome = shown_to_server(all, with_usage(all.issuer, certificate(all.issuer, client_name), "serverAuth"));
  CHECK(outcome.server == refused + "its extended key usage does not allow this side of a connection");
  outcome = shown_to_server(all, all.issuer);
  CHECK(outcome.server != "");
}

TEST_CASE("a server whose certificate is wrong is refused by name") {
  auto all = parties{};
  const auto refused = std::string{"the peer's certificate is refused: "};
  CHECK(shown_to_client(all, certificate(ca("another"), server_name)) == by_another_ca);
  CHECK(shown_to_client(all, certificate(all.issuer, server_name, today() - std::chrono::days{366})) ==
        refused + "it has expired");
  CHECK(shown_to_client(all, with_usage(all.issuer, certificate(all.issuer, server_name), "clientAuth")) ==
        refused + "its extended key usage does not allow this side of a connection");
  CHECK(shown_to_client(all, certificate(all.issuer, "other.example")) ==
        refused + "it is for another name than link.peer_name or the host of link.connect");
  CHECK(shown_to_client(all, certificate(all.issuer, "10.0.0.1"), "10.0.0.2") ==
        refused + "it is for another address than link.peer_name or the host of link.connect");
  CHECK(shown_to_client(all, certificate(all.issuer, "10.0.0.1"), "10.0.0.1") == "");
  CHECK(shown_to_client(all, certificate(all.issuer, "fd00::1"), "fd00:0::1") == "");
  CHECK(shown_to_client(all, certificate(all.issuer, "*.recon.example"), "a.recon.example") == "");
  CHECK(shown_to_client(all, certificate(all.issuer, "*.recon.example"), "a.b.recon.example") != "");
}

TEST_CASE("a client without a certificate and one without TLS 1.3 are refused by name") {
  auto all = parties{};
  const auto shaken_with = [&](auto change) {
    auto wire = connection{};
    auto server = *all.server.tls.session(wire.server(), "");
    const auto context = ssl_ctx_ptr{SSL_CTX_new(TLS_client_method())};
    change(context.get());
    const auto client = ssl_ptr{SSL_new(context.get())};
    SSL_set_fd(client.get(), wire.client());
    SSL_set_connect_state(client.get());
    return shake(server.get(), client.get());
  };
  const auto anonymous = shaken_with([](SSL_CTX*) {});
  CHECK(anonymous.server == "the peer showed no certificate");
  CHECK(anonymous.client == "the peer wants a certificate");
  const auto old = shaken_with([](SSL_CTX* x) { SSL_CTX_set_max_proto_version(x, TLS1_2_VERSION); });
  CHECK(old.server == "the peer has no TLS 1.3");
}

TEST_CASE("bytes that are no TLS are refused by name") {
  auto all = parties{};
  CHECK(refusal_of(all, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "the peer speaks HTTP without TLS");
  CHECK(refusal_of(all, std::string(64, 'x')) == "the peer does not speak TLS");
  CHECK(refusal_of(all, std::string(32, '\0')) == "the peer does not speak TLS");
}

TEST_CASE("no session can be resumed") {
  auto all = parties{};
  auto link = pair{all.server, all.client, server_name};
  auto byte = std::uint8_t{0};
  CHECK(read_some(link.client.get(), {&byte, 1}).state == tls_state::wants_read); // tickets would be read here
  CHECK(SSL_SESSION_is_resumable(SSL_get0_session(link.client.get())) == 0);
}
