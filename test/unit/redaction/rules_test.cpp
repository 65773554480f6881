#include "test/unit/redaction/policy_samples.hpp"

using namespace cleartap;

namespace {

exchange asked(std::string host, std::string body) {
  auto what = sample::with_body("application/json", std::move(body));
  what.request->host = std::move(host);
  return what;
}

std::string body_of(std::string_view yaml, exchange what, const std::string& executable = "") {
  auto rules = redaction_rules{sample::redaction(yaml)};
  sample::apply(rules, what, executable);
  return what.request->body.bytes;
}

constexpr auto pay = std::string_view{"  rules: [{host: '*.pay.example', keys: [account]}]\n"};
constexpr auto body = std::string_view{R"({"account":"4711"})"};
constexpr auto masked = std::string_view{R"({"account":"[REDACTED:custom]"})"};

} // namespace

TEST_CASE("a host is matched whole or below, in any case, with or without port") {
  CHECK(is_host_of("a.pay.example", "*.pay.example"));
  CHECK(is_host_of("A.b.PAY.example:8443", "*.pay.example"));
  CHECK(is_host_of("a.pay.example.", "*.pay.example"));
  CHECK(!is_host_of("pay.example", "*.pay.example"));
  CHECK(!is_host_of("xpay.example", "*.pay.example"));
  CHECK(is_host_of("pay.example:1", "pay.example"));
  CHECK(!is_host_of("a.pay.example", "pay.example"));
  CHECK(is_host_of("[::1]:443", "::1"));
  CHECK(is_host_of("10.0.0.1:80", "10.0.0.1"));
  CHECK(is_host_of("ann@pay.example", "pay.example"));
  CHECK(!is_host_of("", "a"));
}

TEST_CASE("a rule by host removes more from that host's exchanges alone") {
  CHECK(body_of(pay, asked("a.pay.example:443", std::string{body})) == masked);
  CHECK(body_of(pay, asked("b.example", std::string{body})) == body);
}

TEST_CASE("an exchange whose host is unknown is under all rules by host") {
  CHECK(body_of(pay, asked("", std::string{body})) == masked);
  auto what = exchange{};
  what.response.emplace().headers = {{"Content-Type", "application/json"}};
  what.response->body.bytes = body;
  auto rules = redaction_rules{sample::redaction(pay)};
  sample::apply(rules, what);
  CHECK(what.response->body.bytes == masked);
}

TEST_CASE("an exception by executable keeps what it names for that program alone") {
  constexpr auto yaml = std::string_view{"  rules: [{executable: '/opt/*/report', keep_keys: [session_id], "
                                         "keep_headers: [X-Api-Key], keep_classes: [ssn]}]\n"};
  const auto sent = [] {
    auto what = asked("a.example", R"({"session_id":"abc","sessionId":"d","session":"x","id":"219-09-9999"})");
    what.request->headers.emplace_back("X-API-Key", "k");
    what.request->headers.emplace_back("Authorization", "Bearer t");
    return what;
  };
  auto rules = redaction_rules{sample::redaction(yaml)};
  CHECK(rules.asks_executable());
  auto what = sent();
  sample::apply(rules, what, "/opt/a/report");
  CHECK(what.request->body.bytes ==
        R"({"session_id":"abc","sessionId":"d","session":"[REDACTED:session]","id":"219-09-9999"})");
  CHECK(what.request->headers[1].second == "k");
  CHECK(what.request->headers[2].second == "Bearer [REDACTED:authorization]");
  for (const auto* other : {"", "/opt/report", "/usr/bin/curl"}) {
    CAPTURE(other);
    what = sent();
    sample::apply(rules, what, other);
    CHECK(what.request->body.bytes.find("abc") == std::string::npos);
    CHECK(what.request->body.bytes.find("219-09") == std::string::npos);
    CHECK(what.request->headers[1].second == "[REDACTED:apikey]");
  }
}

TEST_CASE("what is kept under a name is still searched for what shows by its form") {
  constexpr auto yaml =
      std::string_view{"  rules: [{executable: /a, keep_keys: [token], keep_headers: [Authorization]}]\n"};
  auto what = asked("a.example", R"({"token":"4111111111111111"})");
  what.request->headers.emplace_back("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl");
  auto rules = redaction_rules{sample::redaction(yaml)};
  sample::apply(rules, what, "/a");
  CHECK(what.request->body.bytes == R"({"token":"[REDACTED:card]"})");
  CHECK(what.request->headers[1].second == "Bearer [REDACTED:jwt]");
}

TEST_CASE("what a rule by host removes is not kept for an executable") {
  constexpr auto yaml = std::string_view{
      "  rules:\n"
      "    - {executable: /a, keep_keys: [token], keep_headers: [Authorization], keep_classes: [email], mode: full}\n"
      "    - {host: pay.example, keys: [token], headers: [Authorization], emails: true}\n"
      "    - {host: meta.example, mode: metadata-only}\n"
      "  emails: true\n"};
  const auto sent = [](std::string host) {
    auto what = asked(std::move(host), R"({"token":"t","to":"ann@a.example"})");
    what.request->headers.emplace_back("Authorization", "Bearer x");
    return what;
  };
  auto rules = redaction_rules{sample::redaction(yaml)};
  auto what = sent("other.example");
  sample::apply(rules, what, "/a");
  CHECK(what.request->body.bytes == R"({"token":"t","to":"ann@a.example"})");
  CHECK(what.request->headers[1].second == "Bearer x");
  what = sent("pay.example");
  sample::apply(rules, what, "/a");
  CHECK(what.request->body.bytes == R"({"token":"[REDACTED:token]","to":"[REDACTED:email]"})");
  CHECK(what.request->headers[1].second == "Bearer [REDACTED:authorization]");
  what = sent("meta.example");
  sample::apply(rules, what, "/a");
  CHECK(what.request->body.bytes == R"({"token":"[DROPPED:string]","to":"[DROPPED:email]"})");
}

TEST_CASE("a rule by executable that removes holds for programs that are not known, too") {
  constexpr auto yaml = std::string_view{"  rules: [{executable: /a, keys: [account]}]\n"};
  CHECK(body_of(yaml, asked("x.example", std::string{body}), "/a") == masked);
  CHECK(body_of(yaml, asked("x.example", std::string{body})) == masked);
  CHECK(body_of(yaml, asked("x.example", std::string{body}), "/b") == body);
}

TEST_CASE("patterns of a rule are its own") {
  constexpr auto yaml = std::string_view{"  patterns: [{class: x, pattern: 'x1'}]\n"
                                         "  rules: [{host: a.example, patterns: [{class: y, pattern: 'y1'}]}]\n"};
  CHECK(body_of(yaml, asked("a.example", R"({"a":"x1 y1"})")) == R"({"a":"[REDACTED:x] [REDACTED:y]"})");
  CHECK(body_of(yaml, asked("b.example", R"({"a":"x1 y1"})")) == R"({"a":"[REDACTED:x] y1"})");
}

TEST_CASE("with a list of headers to keep, all others lose their values") {
  auto rules = redaction_rules{sample::redaction("  headers_allow: [X-Request-Id, Cookie]\n"
                                                 "  rules: [{host: a.example, headers_allow: [Cookie]}]\n")};
  const auto sent = [](std::string host) {
    auto what = asked(std::move(host), "{}");
    what.request->headers = {{"Host", "a"},     {"Content-Type", "text/plain"}, {"x-request-id", "7"},
                             {"Cookie", "a=b"}, {"User-Agent", "curl/8"},       {"Content-Length", "2"}};
    return what;
  };
  auto what = sent("b.example");
  sample::apply(rules, what);
  CHECK(what.request->headers == http_headers{{"Host", "a"},
                                              {"Content-Type", "text/plain"},
                                              {"x-request-id", "7"},
                                              {"Cookie", "a=[REDACTED:session]"},
                                              {"User-Agent", "[REDACTED:custom]"},
                                              {"Content-Length", "2"}});
  what = sent("a.example");
  sample::apply(rules, what);
  CHECK(what.request->headers[2].second == "[REDACTED:custom]");
  CHECK(what.request->headers[3].second == "a=[REDACTED:session]");
}

TEST_CASE("hosts without end cost no memory without end") {
  auto rules = redaction_rules{sample::redaction(pay)};
  const auto* first = &rules.policy_for("1.pay.example", "");
  for (auto i = 0; i < 1000; ++i)
    CHECK(&rules.policy_for(std::to_string(i) + ".pay.example", "") == first);
}

TEST_CASE("user information is masked where a host is expected") {
  auto rules = redaction_rules{redaction_settings{}};
  auto what = asked("ann:hunter2@a.example:8443", "");
  what.request->headers = {{"Host", "ann:hunter2@a.example:8443"}, {"X-Forwarded-Host", "ann@b.example"}};
  sample::apply(rules, what);
  CHECK(what.request->host == "[REDACTED:url]@a.example:8443");
  CHECK(what.request->headers[0].second == "[REDACTED:url]@a.example:8443");
  CHECK(what.request->headers[1].second == "[REDACTED:url]@b.example");
}

TEST_CASE("a word of no exchange is masked by the policy of all, without exceptions") {
  const auto policy = policy_of_all(sample::redaction("  patterns: [{class: badge, pattern: 'b-[0-9]{6}'}]\n"
                                                      "  rules: [{executable: /a, keep_classes: [card]}]\n"));
  auto name = std::string{"4111111111111111.b-123456.example"};
  redact(name, *policy);
  CHECK(name == "[REDACTED:card].[REDACTED:badge].example");
  name = "www.example";
  redact(name, *policy);
  CHECK(name == "www.example");
}
