#include "test/unit/redaction/carriers.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;
using sample::carriers;
using sample::leaks;

namespace {

struct secret {
  std::string_view shown;
  std::string_view mask;
  std::size_t told; // bytes from which on it is masked when a cut body ends with it
  std::size_t open; // bytes at its begin that may show
};

constexpr auto secrets = std::to_array<secret>({
    {"4111111111111111", "[REDACTED:card]", 4, 0},
    {"4111 1111 1111 1111", "[REDACTED:card]", 4, 0},
    {"3782-822463-10005", "[REDACTED:card]", 4, 0},
    {"675964982648", "[REDACTED:card]", 4, 0},
    {"6304123456789012347", "[REDACTED:card]", 4, 0},
    {"123-45-6789", "[REDACTED:ssn]", 6, 0},
    {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "[REDACTED:jwt]", 9, 0},
    {"-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASC-----END PRIVATE KEY-----", "[REDACTED:pem]", 27, 27},
    {"postgres://user1:hunter2hunter2@db.example/x", "[REDACTED:url]", 32, 11},
});

/// What of a URL is no secret.
std::string_view secret_part(const secret& each) {
  return each.mask == "[REDACTED:url]" ? each.shown.substr(0, each.told - 1) : each.shown;
}

} // namespace

TEST_CASE("each class is masked in every carrier, whole or cut") {
  for (const auto& each : secrets)
    for (const auto& [type, before, after] : carriers) {
      const auto whole = std::string{before} + std::string{each.shown} + std::string{after};
      const auto shown = sample::redacted(type, whole);
      CAPTURE(whole, shown);
      CHECK(!leaks(shown, secret_part(each), each.open));
      for (auto size = before.size() + each.told; size <= whole.size(); ++size) {
        const auto left = sample::redacted(type, whole.substr(0, size), true);
        if (leaks(left, secret_part(each), each.open))
          FAIL(whole << " cut at " << size << ": " << left);
      }
    }
}

TEST_CASE("each class is counted as itself in headers and queries") {
  for (const auto& each : secrets) {
    CAPTURE(each.shown);
    CHECK(sample::header("X-Note", each.shown).find(each.mask) != std::string::npos);
    auto encoded = std::string{};
    for (auto c : each.shown)
      encoded += c == ' ' ? "%20" : c == '/' ? "%2F" : c == ':' ? "%3A" : c == '@' ? "%40" : std::string(1, c);
    const auto shown = sample::query("a=1&v=" + encoded + "&z=1");
    CHECK(shown.find(each.mask) != std::string::npos);
    CHECK(shown.starts_with("a=1&v="));
    CHECK(shown.ends_with("&z=1"));
  }
}
