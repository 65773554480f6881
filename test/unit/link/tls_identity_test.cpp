#include "test/unit/link/pki.hpp"

#include <filesystem>

using namespace cleartap;
using namespace cleartap::link_pki;

namespace {

/// The name in the server's certificate that a new connection is shown.
std::string shown_now(identity& server, identity& client) {
  auto wire = connection{};
  auto at_server = *server.tls.session(wire.server(), "");
  auto at_client = *client.tls.session(wire.client(), "");
  const auto outcome = shake(at_server.get(), at_client.get());
  CHECK(outcome.server == "");
  CHECK(outcome.client == "");
  return server.tls.name().value_or("");
}

std::string first_failure(identity& each) {
  const auto fresh = each.tls.refresh();
  return fresh ? "" : fresh.error().text;
}

/// As a careful administrator replaces a file: the old one stays until the new one is complete.
void replace(const std::filesystem::path& file, const std::string& text) {
  const auto next = file.string() + ".new";
  std::ofstream{next} << text;
  std::filesystem::rename(next, file);
}

} // namespace

TEST_CASE("changed files are used by the next connection") {
  const auto issuer = ca();
  auto server = identity{tls_side::server, certificate(issuer, "first.example"), issuer};
  auto client = identity{tls_side::client, certificate(issuer, "client.example"), issuer};
  CHECK(shown_now(server, client) == "first.example");
  CHECK(shown_now(server, client) == "first.example");
  CHECK(server.reports.size() == 1);
  const auto second = certificate(issuer, "second.example");
  replace(server.files.certificate, second.certificate);
  CHECK(shown_now(server, client) == "first.example"); // half of a change
  CHECK(shown_now(server, client) == "first.example");
  REQUIRE(server.reports.size() == 2);
  CHECK(server.reports.back().starts_with("certificate files refused, the ones before stay in use: link.key: "));
  replace(server.files.key, second.key);
  CHECK(shown_now(server, client) == "second.example");
  CHECK(server.reports.size() == 3);
  std::filesystem::remove(server.files.ca);
  CHECK(shown_now(server, client) == "second.example");
  CHECK(server.reports.size() == 4);
}

TEST_CASE("files that cannot be used are told with the setting that names them") {
  const auto issuer = ca();
  const auto own = certificate(issuer, "host.example");
  const auto with = [&](auto change) {
    auto each = identity{tls_side::client, own, issuer};
    change(each.files);
    return std::pair{first_failure(each), each.reports.size()};
  };
  const auto write = [](const std::filesystem::path& file, std::string_view text) { std::ofstream{file} << text; };
  auto [missing, reports] = with([](auto& files) { std::filesystem::remove(files.certificate); });
  CHECK(missing.starts_with("link.cert: /"));
  CHECK(missing.ends_with("/tls.crt: No such file or directory"));
  CHECK(reports == 1);
  CHECK(with([&](auto& files) { write(files.certificate, "text"); }).first.starts_with("link.cert: "));
  CHECK(with([&](auto& files) { write(files.key, "text"); }).first.starts_with("link.key: "));
  CHECK(with([&](auto& files) {
          write(files.key, certificate(issuer, "other.example").key);
        }).first.ends_with("tls.key: key values mismatch"));
  CHECK(with([&](auto& files) { write(files.ca, ""); }).first.starts_with("link.ca: "));
}

TEST_CASE("a key with a passphrase is refused without asking for it") {
  const auto issuer = ca();
  auto own = certificate(issuer, "host.example");
  own.key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
            "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBBQ\n-----END ENCRYPTED PRIVATE KEY-----\n";
  auto each = identity{tls_side::client, own, issuer};
  CHECK(first_failure(each).starts_with("link.key: "));
}

TEST_CASE("our certificate's name and end are known once it was read") {
  const auto issuer = ca();
  auto each = identity{tls_side::client, certificate(issuer, "10.1.2.3", today() - std::chrono::days{300}), issuer};
  CHECK(!each.tls.name());
  CHECK(!each.tls.end());
  CHECK(first_failure(each) == "");
  CHECK(each.tls.name() == "10.1.2.3");
  REQUIRE(each.tls.end());
  CHECK(days_left(*each.tls.end(), today()) >= std::chrono::days{64});
  CHECK(days_left(*each.tls.end(), today()) <= std::chrono::days{65});
  CHECK(days_left(today(), today() + 1s) == std::chrono::days{-1});
}
