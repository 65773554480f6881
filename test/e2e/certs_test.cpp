// `cleartap certs`: what it makes, as openssl sees it.
#include "test/support/child.hpp"
#include "test/support/scene.hpp"
#include "test/support/temporary_directory.hpp"
#include "test/support/text.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace cleartap;
using namespace cleartap::support;

namespace {

namespace json = boost::json;

finished certs(const std::filesystem::path& directory, std::vector<std::string> more) {
  auto words = std::vector<std::string>{cleartap_executable(), "certs", directory.string()};
  words.insert(words.end(), more.begin(), more.end());
  return run({words});
}

finished openssl(std::vector<std::string> words) {
  words.insert(words.begin(), "openssl");
  return run({words});
}

std::string mode_of(const std::filesystem::path& file) {
  struct stat is{};
  return ::stat(file.c_str(), &is) == 0
             ? std::to_string((is.st_mode >> 6 & 7) * 100 + (is.st_mode >> 3 & 7) * 10 + (is.st_mode & 7))
             : "none";
}

std::string text_of(const std::filesystem::path& certificate) {
  return openssl({"x509", "-in", certificate, "-noout", "-text"}).output;
}

void check_refused(const finished& done, std::string_view cause, std::string_view mend) {
  INFO(done.complaints);
  CHECK(done.status > 0);
  CHECK(done.output == "");
  CHECK(done.complaints.starts_with("cleartap: "));
  CHECK(std::ranges::count(done.complaints, '\n') == 1);
  CHECK(done.complaints.find(cause) != std::string::npos);
  CHECK(done.complaints.find(mend) != std::string::npos);
}

void skip_without_openssl() {
  if (!installed("openssl"))
    SKIP("openssl is not installed");
}

} // namespace

TEST_CASE("certs makes a CA and a certificate per name that openssl accepts for both ends") {
  skip_without_openssl();
  auto home = temporary_directory{};
  const auto pki = home.path() / "pki";
  const auto done = certs(pki, {"--name", "recon.example", "*.sniffer.cleartap", "--name", "10.0.0.7"});
  INFO(done.complaints);
  REQUIRE(done.status == 0);
  CHECK(mode_of(pki) == "700");
  for (auto stem : {"ca", "recon.example", "wildcard.sniffer.cleartap", "10.0.0.7"})
    CHECK(mode_of(pki / (std::string{stem} + ".key")) == "600");
  const auto names = std::vector<std::pair<std::string, std::string>>{
      {"recon.example", "-verify_hostname=recon.example"},
      {"wildcard.sniffer.cleartap", "-verify_hostname=node-1.sniffer.cleartap"},
      {"10.0.0.7", "-verify_ip=10.0.0.7"}};
  for (const auto& [stem, name] : names)
    for (auto purpose : {"sslserver", "sslclient"}) {
      const auto equals = name.find('=');
      const auto verified = openssl({"verify", "-x509_strict", "-CAfile", pki / "ca.crt", "-purpose", purpose,
                                     name.substr(0, equals), name.substr(equals + 1), pki / (stem + ".crt")});
      INFO(verified.output << verified.complaints);
      CHECK(verified.status == 0);
    }
  CHECK(text_of(pki / "ca.crt").find("CA:TRUE, pathlen:0") != std::string::npos);
  CHECK(text_of(pki / "recon.example.crt").find("ASN1 OID: prime256v1") != std::string::npos);
  CHECK(text_of(pki / "recon.example.crt").find("DNS:recon.example") != std::string::npos);
}

TEST_CASE("certs prints what to write into both configurations, and cleartap reads it") {
  auto home = temporary_directory{};
  const auto done = certs(home.path(), {"--name", "recon.example", "*.sniffer.cleartap"});
  REQUIRE(done.status == 0);
  for (const auto& line :
       {std::string{"connect: \"recon.example:9443\""}, std::string{"listen: \"0.0.0.0:9443\""},
        "cert: \"" + (home.path() / "wildcard.sniffer.cleartap.crt").string() + "\"",
        "key: \"" + (home.path() / "recon.example.key").string() + "\"",
        "ca: \"" + (home.path() / "ca.crt").string() + "\"", std::string{"peer_name: \"*.sniffer.cleartap\""}})
    CHECK(done.output.find(line) != std::string::npos);
}

TEST_CASE("certs uses the CA that is there, replaces nothing unasked, and tells it in JSON") {
  skip_without_openssl();
  auto home = temporary_directory{};
  REQUIRE(certs(home.path().string() + "/pki/", {"--name", "a.example"}).status == 0);
  const auto pki = home.path() / "pki";
  CHECK(mode_of(pki) == "700");
  const auto ca = content_of(pki / "ca.crt");
  const auto first = content_of(pki / "a.example.crt");
  check_refused(certs(pki, {"--name", "b.example", "a.example"}), "is there already", "--renew");
  CHECK(!std::filesystem::exists(pki / "b.example.crt"));
  const auto done = certs(pki, {"--name", "a.example", "--renew", "--days", "30", "--json"});
  REQUIRE(done.status == 0);
  CHECK(content_of(pki / "ca.crt") == ca);
  CHECK(content_of(pki / "a.example.crt") != first);
  const auto told = json::parse(done.output).as_object();
  CHECK(!told.at("ca").at("made").as_bool());
  CHECK(told.at("certificates").as_array().size() == 1);
  CHECK(told.at("sniffer").at("link.connect").as_string() == "a.example:9443");
  CHECK(openssl({"x509", "-in", pki / "a.example.crt", "-noout", "-checkend", "2505600"}).status == 0);
  CHECK(openssl({"x509", "-in", pki / "a.example.crt", "-noout", "-checkend", "2678400"}).status == 1);
}

TEST_CASE("mistakes with certs are told in one line") {
  auto home = temporary_directory{};
  check_refused(certs(home.path(), {}), "--name", "--help");
  check_refused(certs(home.path(), {"--name", "a b"}), "\"a b\"", "name a host");
  check_refused(certs(home.path(), {"--name", "*.cleartap"}), "covers too much", "*.sniffer.cleartap");
  check_refused(certs(home.path(), {"--name", "a.example", "a.example"}), "same file", "once");
  check_refused(certs(home.path(), {"--name", "ca"}), "same file", "in full");
  check_refused(certs(home.path(), {"--name", "a.example", "--days", "0"}), "--days", "--help");
  CHECK(std::filesystem::is_empty(home.path()));
  const auto file = home.write("file", "");
  check_refused(certs(file / "pki", {"--name", "a.example"}), "Not a directory", "name a directory");
  home.write("ca.crt", "text");
  check_refused(certs(home.path(), {"--name", "a.example"}), "ca.key: No such file", "another directory");
  home.write("ca.key", "text");
  check_refused(certs(home.path(), {"--name", "a.example"}), "ca.crt", "cannot be read");
}

TEST_CASE("an expired CA is refused with the mend") {
  skip_without_openssl();
  auto home = temporary_directory{};
  REQUIRE(certs(home.path(), {"--name", "b.example"}).status == 0);
  const auto ca = home.path() / "ca.crt";
  REQUIRE(openssl({"x509", "-in", ca, "-signkey", home.path() / "ca.key", "-days", "-1", "-out", ca}).status == 0);
  check_refused(certs(home.path(), {"--name", "a.example"}), "has expired", "new directory");
}
