#include "actors/inventory/authority.hpp"

#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

socket_pair sockets() {
  auto out = socket_pair{};
  out.local.address = {10, 0, 0, 1};
  out.local.port = 8443;
  out.remote.address = {10, 0, 0, 2};
  out.remote.port = 443;
  return out;
}

} // namespace

TEST_CASE("an authority has one spelling") {
  CHECK(normalised_authority("API.Example.ORG") == "api.example.org");
  CHECK(normalised_authority("api.example.org:443") == "api.example.org");
  CHECK(normalised_authority("api.example.org:8443") == "api.example.org:8443");
  CHECK(normalised_authority("api.example.org.:00443") == "api.example.org");
  CHECK(normalised_authority("api.example.org:") == "api.example.org");
  CHECK(normalised_authority("my_service-1.ns.svc:80") == "my_service-1.ns.svc:80");
  CHECK(normalised_authority("10.0.0.1:443") == "10.0.0.1");
  CHECK(normalised_authority("[2001:DB8:0::1]:443") == "[2001:db8::1]");
  CHECK(normalised_authority("[::1]:8443") == "[::1]:8443");
}

TEST_CASE("normalising twice changes nothing") {
  for (const auto* text : {"A.b.:443", "a:8443", "[::ffff:1.2.3.4]:443", "unknown", "invalid", "x:"})
    CHECK(normalised_authority(*normalised_authority(text)) == normalised_authority(text));
}

TEST_CASE("garbage is no authority") {
  for (const auto* text :
       {"",      " ",          "a b",    "<script>", "a/b",         "user@host", "a:b", "a:0", "a:65536", "a:123456",
        "a:-1",  "a:443:443",  ":443",   ".",        "..",          "a..b",      ".a",  "a..", "[::1",    "[]",
        "[g::]", "[::1%eth0]", "[::1]x", "::1",      "caf\xc3\xa9", "a\n",       "*",   "%61"})
    CHECK_FALSE(normalised_authority(text));
  CHECK_FALSE(normalised_authority(std::string_view{"a\0b", 3}));
  CHECK_FALSE(normalised_authority(std::string_view{"[::1\0]", 6}));
  CHECK_FALSE(normalised_authority(std::string(256, 'a')));
  CHECK(normalised_authority(std::string(255, 'a')));
}

TEST_CASE("an exchange belongs to its host, else to the server's socket") {
  auto one = call("GET", "/", 200);
  one.sockets = sockets();
  CHECK(authority_of(one) == "api.example");
  one.request->host = "<script>alert(1)</script>";
  CHECK(authority_of(one) == "invalid");
  one.request->host = "";
  CHECK(authority_of(one) == "10.0.0.1:8443");
  one.role = observer_role::client;
  CHECK(authority_of(one) == "10.0.0.2");
  one.sockets.reset();
  CHECK(authority_of(one) == "unknown");
}

TEST_CASE("an id is stable and reads back") {
  CHECK(api_id("") == "726fdb47dd0e0e31");
  CHECK(hash_of_id("726fdb47dd0e0e31") == 0x726fdb47dd0e0e31);
  for (const auto* id : {"", "726fdb47dd0e0e3", "726fdb47dd0e0e311", "726FDB47DD0E0E31", "726fdb47dd0e0e3g",
                         "-26fdb47dd0e0e31", "../../etc/passwd"})
    CHECK_FALSE(hash_of_id(id));
}
