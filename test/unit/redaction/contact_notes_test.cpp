// E-mail addresses and phone numbers that are not to be masked: found, noted and left as they are.
#include "actors/redaction/rules.hpp"
#include "test/unit/redaction/sample.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

using lines = std::vector<std::string>;

/// "class place text" of each note, with '*' before what is masked.
lines notes_of(exchange& what, const redaction_policy& policy = sample::policy()) {
  const auto before = what;
  const auto text_of = [&](const redaction_note& note) -> const std::string& {
    const auto& request = *before.request;
    return note.part == message_part::path     ? request.path
           : note.part == message_part::query  ? *request.query
           : note.part == message_part::header ? request.headers[note.index].second
                                               : request.body.bytes;
  };
  auto notes = std::vector<redaction_note>{};
  auto stats = redaction_stats{};
  redact(what, policy, stats, &notes);
  auto out = lines{};
  for (const auto& each : notes)
    out.push_back((each.shown ? "" : "*") + each.name + " " + each.place + " " +
                  text_of(each).substr(each.begin, each.end - each.begin));
  return out;
}

lines notes_of_body(const std::string& type, const std::string& body) {
  auto what = sample::with_body(type, body);
  return notes_of(what);
}

/// What is noted of a body that stays.
lines shown(const std::string& type, const std::string& body) {
  auto what = sample::with_body(type, body);
  auto out = notes_of(what);
  CHECK(what.request->body.bytes == body);
  CHECK(!what.request->body.truncated);
  return out;
}

std::string field(const std::string& payload) {
  return "\x0a" + std::string(1, static_cast<char>(payload.size())) + payload;
}

} // namespace

TEST_CASE("contacts that are not masked are noted in every carrier, once, and stay") {
  const auto ann = std::string{"ann@a.example"};
  CHECK(shown("text/plain", "to ann@a.example, +49 30 123456 or (212) 555-0123 or 212-555-0123") ==
        lines{"email request.body ann@a.example", "phone request.body +49 30 123456",
              "phone request.body (212) 555-0123", "phone request.body 212-555-0123"});
  CHECK(shown("application/json", R"({"user":{"mail":"ann@a.example","tel":["+49 30 123456"]}})") ==
        lines{"email request.body.user.mail ann@a.example", "phone request.body.user.tel +49 30 123456"});
  CHECK(shown("application/json", R"({"a":"x\n ann@a.example","b":"\u0061nn@a.example","c":"(212) 555-0123"})") ==
        lines{"email request.body.a ann@a.example", R"(email request.body.b \u0061nn@a.example)",
              "phone request.body.c (212) 555-0123"});
  CHECK(shown("application/json", R"({"a":"{\"b\":\"ann@a.example\"}"})") ==
        lines{"email request.body.a.b ann@a.example"});
  CHECK(shown("application/json", R"({"ann@a.example":1,"ann@a.example":2})") ==
        lines{"email request.body ann@a.example", "email request.body ann@a.example"});
  CHECK(shown("application/x-www-form-urlencoded", "a=1&mail=ann%40a.example&tel=+4930123456&m=ann@a.example") ==
        lines{"email request.body.mail ann%40a.example", "phone request.body.tel +4930123456",
              "email request.body.m ann@a.example"});
  CHECK(shown("application/xml", "<u mail=\"ann@a.example\">ann&#64;a.example</u>") ==
        lines{"email request.body.mail ann@a.example", "email request.body ann&#64;a.example"});
  CHECK(shown("text/csv", "mail,n\nann@a.example,1\n\"ann@a.example\",2\n") ==
        lines{"email request.body ann@a.example", "email request.body ann@a.example"});
  CHECK(shown("multipart/form-data; boundary=b7",
              "--b7\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\nann@a.example\r\n--b7--\r\n") ==
        lines{"email request.body ann@a.example"});
  CHECK(shown("application/x-protobuf", field("id") + field(ann) + field(field("+49 30 123456"))) ==
        lines{"email request.body ann@a.example", "phone request.body +49 30 123456"});
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.path = "/users/ann@a.example/x";
  request.query = "mail=ann%40a.example";
  request.headers = {{"X-User", ann}};
  CHECK(notes_of(what) == lines{"email request.headers.x-user ann@a.example", "email request.path ann@a.example",
                                "email request.query.mail ann%40a.example"});
  CHECK(what.findings == std::vector<sensitive_value>{{"email", "request.headers.x-user", true},
                                                      {"email", "request.path", true},
                                                      {"email", "request.query.mail", true}});
}

TEST_CASE("a contact is noted each time that it comes, in whatever is searched once if it holds nothing") {
  for (auto left = 3; left > 0; --left) {
    auto what = exchange{};
    auto& request = what.request.emplace();
    request.path = "/users/ann@a.example/d3JpdGUgdG8gYW5uQGEuZXhhbXBsZSBub3c";
    request.query = "ann@a.example=1";
    request.headers = {{"X-User", "ann@a.example"}, {"X-Tel", "+49 30 123456"}};
    request.body.bytes = R"({"ann@a.example":"ann@a.example"})";
    CHECK(notes_of(what).size() == 7);
  }
}

TEST_CASE("a contact inside of an encoded value does not have it masked") {
  const auto encoded = std::string{"d3JpdGUgdG8gYW5uQGEuZXhhbXBsZSBub3c="}; // write to ann@a.example now
  CHECK(shown("text/plain", "x " + encoded) == lines{"email request.body " + encoded});
  CHECK(shown("application/json", R"({"note":")" + encoded + R"("})") == lines{"email request.body.note " + encoded});
  CHECK(shown("application/octet-stream", std::string{"\x00\x01 ann@a.example", 16}).empty());
  CHECK(shown("text/plain", "a%20ann%40a.example%20b &amp;ann@a.example&amp;") ==
        lines{"email request.body ann%40a.example", "email request.body ann@a.example"});
}

TEST_CASE("what is secret is masked as if no contact were beside it, around it or in it") {
  CHECK(notes_of_body("application/json", R"({"password":"ann@a.example","q":"ann@a.example"})") ==
        lines{"*password request.body.password ann@a.example", "email request.body.q ann@a.example"});
  CHECK(notes_of_body("text/plain", "password: ann@a.example\nann@a.example password=x") ==
        lines{"*password request.body.password ann@a.example", "email request.body ann@a.example",
              "*password request.body.password x"});
  CHECK(sample::text("https://ann@a.example:pw@h.example/") == "https://[REDACTED:url]@h.example/");
  CHECK(sample::text("a@4111111111111111.example") == "a@[REDACTED:card].example");
  CHECK(sample::text("+1 4111 1111 1111 1111") == "+1 [REDACTED:card]");
  CHECK(sample::text("ann@a.example=x&token=y") == "ann@a.example=x&token=[REDACTED:token]");
  CHECK(sample::query("q=+4930123456&token=x") == "q=+4930123456&token=[REDACTED:token]");
  CHECK(sample::query("q=+4930123456%20token=abc") == "q=+4930123456%20token=[REDACTED:token]");
  CHECK(sample::json(R"({"a":"ann@a.example:\n4111111111111111"})") == R"({"a":"ann@a.example:\n[REDACTED:card]"})");
}

TEST_CASE("masks are counted without what is shown, and are the first of the findings") {
  auto body = std::string{"{"};
  for (auto i = 0; i < 100; ++i)
    body += "\"m" + std::string(static_cast<std::size_t>(i / 26 + 1), static_cast<char>('a' + i % 26)) +
            "\":\"ann@a.example\",";
  auto what = sample::with_body("application/json", body + R"("password":"x","pin":"y"})");
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(stats.masked_as(redaction_class::password) == 2);
  CHECK(stats.masked_as(redaction_class::email) == 0);
  REQUIRE(what.findings.size() == findings_max);
  CHECK(what.findings[0] == sensitive_value{"password", "request.body.password"});
  CHECK(what.findings[1] == sensitive_value{"password", "request.body.pin"});
  CHECK(std::ranges::all_of(what.findings.begin() + 2, what.findings.end(), &sensitive_value::shown));
}

TEST_CASE("any number of contacts costs no more than a few that add findings, and takes no masks out of a report") {
  auto body = std::string{};
  for (auto i = std::size_t{0}; i < shown_max; ++i)
    body += "a@b.example ";
  body += "last=a@b.example";
  auto what = sample::with_body("text/plain", body);
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.findings == std::vector<sensitive_value>{{"email", "request.body", true}});

  body.clear();
  for (auto i = std::size_t{0}; i < notes_max + 10; ++i)
    body += "a@b.example ";
  what = sample::with_body("text/plain", body + "password=x");
  auto notes = std::vector<redaction_note>{};
  redact(what, sample::policy(), stats, &notes);
  REQUIRE(notes.size() == notes_max + 1);
  CHECK(notes.back().name == "password");
  CHECK(std::ranges::count(notes, true, &redaction_note::shown) == static_cast<std::ptrdiff_t>(notes_max));
}

TEST_CASE("without values the classes of contacts are told, and nothing is shown") {
  auto wanted = redaction_settings{};
  wanted.mode = "metadata-only";
  auto rules = redaction_rules{wanted};
  auto what = sample::with_body("application/json", R"({"mail":"ann@a.example","tel":"+49 30 123456"})");
  auto stats = redaction_stats{};
  redact(what, rules.policy_for("", ""), stats);
  CHECK(what.request->body.bytes == R"({"mail":"[DROPPED:email]","tel":"[DROPPED:string]"})");
  CHECK(what.findings == std::vector<sensitive_value>{{"email", "request.body.mail"}, {"phone", "request.body.tel"}});
}

TEST_CASE("contacts that a rule keeps are noted, those that a pattern masks are not") {
  auto wanted = redaction_settings{};
  wanted.emails = true;
  wanted.rules.emplace_back().executable = "/bin/a";
  wanted.rules.back().keep_classes = {"email"};
  wanted.patterns = {{"ours", "ann@[a-z.]+"}};
  auto rules = redaction_rules{wanted};
  const auto notes_by = [&](const std::string& executable) {
    auto what = sample::with_body("text/plain", "ann@a.example bob@a.example");
    return notes_of(what, rules.policy_for("", executable));
  };
  CHECK(notes_by("/bin/a") == lines{"email request.body bob@a.example", "*ours request.body ann@a.example"});
  CHECK(notes_by("/bin/b") == lines{"*email request.body ann@a.example", "*email request.body bob@a.example"});
}
