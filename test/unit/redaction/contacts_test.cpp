#include "actors/redaction/contacts.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace cleartap;

namespace {

constexpr auto both = masking::contact_rules{.emails = true, .phones = true};

std::string masked(std::string_view type, std::string_view body, masking::contact_rules rules = both) {
  const auto policy = redaction_policy{{}, {}, rules};
  auto what = sample::with_body(std::string{type}, std::string{body});
  auto stats = redaction_stats{};
  redact(what, policy, stats);
  return what.request->body.bytes;
}

std::string text(std::string_view body) { return masked("text/plain", body); }

const auto emails = std::vector<std::string>{"alice@example.org", "a.b+tag@mail.example.co.uk", "x_1%y@sub-domain.io",
                                             "j\xc3\xbcrgen@b\xc3\xbc"
                                             "cher.example"};

const auto phones = std::vector<std::string>{
    "+49 30 123456", "+14155550123", "+1 (415) 555-0123", "+44.20.7946.0958", "(212) 555-0123",
    "(212)555-0123", "212-555-0123", "212.555.0123",      "212 555 0123",     "+33 1 23 45 67 89"};

} // namespace

TEST_CASE("contacts stay unless they are to be masked, whatever is noted") {
  for (const auto& list : {emails, phones})
    for (const auto& value : list) {
      CHECK(sample::text("to " + value + " now") == "to " + value + " now");
      CHECK(sample::json("{\"v\":\"" + value + "\"}") == "{\"v\":\"" + value + "\"}");
    }
  CHECK(masked("text/plain", "a@b.org 212-555-0123", {.emails = true}) == "[REDACTED:email] 212-555-0123");
  CHECK(masked("text/plain", "a@b.org 212-555-0123", {.phones = true}) == "a@b.org [REDACTED:phone]");
}

TEST_CASE("contacts are masked in every carrier if that is wanted") {
  const auto check = [](const std::string& value, const std::string& mask) {
    CAPTURE(value);
    CHECK(text("to " + value + ", now") == "to " + mask + ", now");
    CHECK(text("<" + value + ">") == "<" + mask + ">");
    CHECK(text(value) == mask);
    CHECK(masked("application/json", "{\"v\":\"" + value + "\",\"z\":1}") == "{\"v\":\"" + mask + "\",\"z\":1}");
    CHECK(masked("application/json", "{\"" + value + "\":1}") == "{\"" + mask + "\":1}");
    CHECK(masked("application/json", "{\"v\":\"\\n" + value + "\\n\"}") == "{\"v\":\"\\n" + mask + "\\n\"}");
    CHECK(masked("application/xml", "<r v=\"" + value + "\">" + value + "</r>") ==
          "<r v=\"" + mask + "\">" + mask + "</r>");
    auto escaped = std::string{};
    for (auto c : value)
      escaped += c == '+' ? "%2B" : c == '@' ? "%40" : c == ' ' ? "+" : c == '%' ? "%25" : std::string(1, c);
    CHECK(masked("application/x-www-form-urlencoded", "a=1&v=" + escaped + "&z=1").find(escaped) == std::string::npos);
  };
  for (const auto& value : emails)
    check(value, "[REDACTED:email]");
  for (const auto& value : phones)
    check(value, "[REDACTED:phone]");
}

TEST_CASE("an address of a sender in a path and beside signs is found") {
  CHECK(text("mailto:alice@example.org?x=1") == "mailto:[REDACTED:email]?x=1");
  CHECK(text("Alice <alice@example.org>.") == "Alice <[REDACTED:email]>.");
  CHECK(text("a@example.org,b@example.org") == "[REDACTED:email],[REDACTED:email]");
  CHECK(text("tel:+14155550123;x") == "tel:[REDACTED:phone];x");
  CHECK(text("https://u:p@h.example/") == "https://[REDACTED:url]@h.example/");
}

TEST_CASE("what only looks like a contact stays") {
  for (auto value : {"icon@2x.png",
                     "user@host",
                     "@decorator",
                     "a @ b.org",
                     "pkg@1.2.3",
                     "@scope/name@latest",
                     "5551234567",
                     "15551234567",
                     "1700000000",
                     "2026-11-23",
                     "10.200.300.4000",
                     "212-555-01234",
                     "1212-555-0123",
                     "112-555-0123",
                     "212-155-0123",
                     "212-555.0123",
                     "+0200",
                     "+12.50",
                     "a+14155550123",
                     "id-212-555-0123",
                     "212-555-0123-9",
                     "550e8400-e29b-41d4-a716-446655440000",
                     "2026-11-23T08:25:11+01:00",
                     "f(212) = 5",
                     "#212-555-0123",
                     "v=212-555-0123x",
                     "123-45-678",
                     "+1234567890123456"})
    CHECK(text("so " + std::string{value} + " is") == "so " + std::string{value} + " is");
}
