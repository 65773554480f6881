#include "actors/link/certificates.hpp"

#include "actors/link/openssl_pointers.hpp"
#include "actors/link/peer_names.hpp"

#include <catch2/catch_test_macros.hpp>
#include <openssl/pem.h>

using namespace cleartap;

namespace {

using std::chrono::days;

constexpr auto now = std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{2030} / 5 / 17}};
constexpr auto year = validity{now, days{365}};

key_and_certificate new_ca() { return *make_ca("cleartap CA", {now, days{3650}}); }

x509_ptr read(const std::string& pem) {
  const auto in = bio_ptr{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  return x509_ptr{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)};
}

x509_ptr made_for(std::string_view name) {
  static const auto issuer = new_ca();
  auto made = make_certificate(issuer, name, year);
  REQUIRE(made);
  return read(made->certificate);
}

std::string refusal(const key_and_certificate& issuer, std::string_view name, const validity& valid = year) {
  const auto made = make_certificate(issuer, name, valid);
  return made ? "" : made.error().text;
}

} // namespace

TEST_CASE("a CA signs peers, and no other CA") {
  const auto issuer = new_ca();
  const auto certificate = read(issuer.certificate);
  CHECK(X509_check_ca(certificate.get()) == 1);
  CHECK(X509_get_pathlen(certificate.get()) == 0);
  CHECK(X509_get_key_usage(certificate.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  CHECK(issuer.key.starts_with("-----BEGIN PRIVATE KEY-----"));
  CHECK(*end_of(issuer.certificate) == now + days{3650});
}

TEST_CASE("a certificate is for both ends of a link, for its name and the time asked") {
  const auto certificate = made_for("host.example");
  CHECK(names_of(certificate.get()) == std::vector<std::string>{"host.example"});
  CHECK(X509_check_ca(certificate.get()) == 0);
  CHECK(X509_get_key_usage(certificate.get()) == KU_DIGITAL_SIGNATURE);
  CHECK(X509_get_extended_key_usage(certificate.get()) == (XKU_SSL_SERVER | XKU_SSL_CLIENT));
  CHECK(X509_get_version(certificate.get()) == X509_VERSION_3);
  CHECK(ASN1_STRING_length(X509_get0_serialNumber(certificate.get())) == 16);
}

TEST_CASE("serial numbers differ") {
  const auto first = made_for("a.example");
  const auto second = made_for("a.example");
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(first.get()), X509_get0_serialNumber(second.get())) != 0);
}

TEST_CASE("a certificate ends with its CA at the latest, and an expired CA signs none") {
  const auto issuer = *make_ca("short", {now, days{10}});
  CHECK(*end_of(make_certificate(issuer, "a.example", year)->certificate) == now + days{10});
  CHECK(refusal(issuer, "a.example", {now + days{10}, days{1}}) == "the CA has expired");
}

TEST_CASE("what is no CA signs none") {
  const auto issuer = new_ca();
  CHECK(refusal(*make_certificate(issuer, "a.example", year), "b.example").ends_with("may not sign others"));
  CHECK(refusal({issuer.certificate, new_ca().key}, "a.example").starts_with("the CA's key is not the one"));
  CHECK(refusal({"text", issuer.key}, "a.example").starts_with("the CA's certificate cannot be read"));
  CHECK(refusal({issuer.certificate, "text"}, "a.example").starts_with("the CA's key cannot be read"));
}

TEST_CASE("names that no certificate can have are refused with what to write instead") {
  for (auto name : {"", "a b", "a..b", "*", "*.*.x.y", "a.*.x", "[::1]", "host:1", "a,DNS:b", "*.10.0.0.1 "})
    CHECK(!check_certificate_name(name));
  CHECK(check_certificate_name("*.cleartap").error().text.find("*.sniffer.cleartap") != std::string::npos);
  for (auto name : {"a", "a.b", "10.0.0.1", "fd00::1", "*.sniffer.cleartap"})
    CHECK(check_certificate_name(name));
}

TEST_CASE("a name that is too long for the subject is among the alternative names all the same") {
  const auto name = std::string(60, 'a') + "." + std::string(60, 'b') + ".example";
  CHECK(names_of(made_for(name).get()) == std::vector{name});
}

TEST_CASE("a certificate vouches for its own name only") {
  const auto host = made_for("host.example");
  CHECK(vouches_for(host.get(), "HOST.example"));
  for (auto name : {"", ".", "example", ".example", "a.host.example", "host.example.", "host.exampl"})
    CHECK(!vouches_for(host.get(), name));
  CHECK(!vouches_for(host.get(), std::string_view{"host.example\0", 13}));
  const auto address = made_for("10.0.0.1");
  CHECK(vouches_for(address.get(), "10.0.0.1"));
  CHECK(!vouches_for(address.get(), "10.0.0.2"));
  CHECK(names_of(address.get()) == std::vector<std::string>{"10.0.0.1"});
  CHECK(names_of(made_for("fd00::1").get()) == std::vector<std::string>{"fd00::1"});
}

TEST_CASE("a wildcard covers one label") {
  const auto wild = made_for("*.sniffer.cleartap");
  CHECK(vouches_for(wild.get(), "node-1.sniffer.cleartap"));
  for (auto name :
       {"a.b.sniffer.cleartap", "sniffer.cleartap", "*.sniffer.cleartap", ".sniffer.cleartap", "node-1.other.cleartap"})
    CHECK(!vouches_for(wild.get(), name));
}

TEST_CASE("peers are chosen by the setting's pattern") {
  const auto wild = made_for("*.sniffer.cleartap");
  const auto node = made_for("node-1.sniffer.cleartap");
  const auto other = made_for("node-1.other.cleartap");
  const auto deeper = made_for("a.node-1.sniffer.cleartap");
  for (const auto* each : {&wild, &node, &other, &deeper})
    CHECK(is_peer(each->get(), ""));
  CHECK(is_peer(wild.get(), "*.sniffer.cleartap"));
  CHECK(is_peer(node.get(), "*.SNIFFER.cleartap"));
  CHECK(!is_peer(other.get(), "*.sniffer.cleartap"));
  CHECK(!is_peer(deeper.get(), "*.sniffer.cleartap"));
  CHECK(is_peer(node.get(), "node-1.sniffer.cleartap"));
  CHECK(is_peer(wild.get(), "node-1.sniffer.cleartap"));
  CHECK(!is_peer(other.get(), "node-1.sniffer.cleartap"));
  CHECK(!is_peer(nullptr, ""));
}
