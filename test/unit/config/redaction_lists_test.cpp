#include "config/pattern.hpp"
#include "config/redaction_lists.hpp"
#include "config/reload.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace cleartap;

namespace {

/// What is said of a file whose section redaction is `text`.
std::string complaint(std::string_view text) {
  const auto parsed = parse_settings("redaction:\n" + std::string{text}, "f.yaml");
  return parsed ? "" : parsed.error().text;
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string why_not(std::string_view pattern) {
  const auto checked = check_pattern(pattern);
  return checked ? "" : checked.error().text;
}

} // namespace

TEST_CASE("patterns and rules are read with all their parts") {
  const auto parsed = parse_settings(R"(redaction:
  mode: metadata-only
  headers_allow: [X-Request-Id]
  patterns:
    - {class: iban, pattern: '\bDE[0-9]{20}\b'}
    - class: badge
      pattern: 'B-[0-9]{6}'
  rules:
    - host: "*.pay.example"
      mode: metadata-only
      headers: [X-Pay]
      headers_allow: [Date]
      keys: [account]
      patterns: [{class: iban, pattern: 'X[0-9]+'}]
      emails: true
      phones: true
    - executable: /usr/bin/report*
      mode: full
      keep_headers: [Authorization]
      keep_keys: [session_id]
      keep_classes: [ssn, card]
)",
                                     "f.yaml");
  INFO((parsed ? "" : parsed.error().text));
  REQUIRE(parsed);
  const auto& redaction = parsed->redaction;
  CHECK(redaction.mode == "metadata-only");
  CHECK(redaction.headers_allow == std::vector<std::string>{"X-Request-Id"});
  CHECK(redaction.patterns == std::vector<pattern_settings>{{"iban", R"(\bDE[0-9]{20}\b)"}, {"badge", "B-[0-9]{6}"}});
  REQUIRE(redaction.rules.size() == 2);
  CHECK(redaction.rules[0] == rule_settings{.host = "*.pay.example",
                                            .mode = "metadata-only",
                                            .headers = {"X-Pay"},
                                            .headers_allow = {"Date"},
                                            .keys = {"account"},
                                            .patterns = {{"iban", "X[0-9]+"}},
                                            .emails = true,
                                            .phones = true});
  CHECK(redaction.rules[1] == rule_settings{.executable = "/usr/bin/report*",
                                            .mode = "full",
                                            .keep_headers = {"Authorization"},
                                            .keep_keys = {"session_id"},
                                            .keep_classes = {"ssn", "card"}});
}

TEST_CASE("a rule that shows more to a host is refused, and says why") {
  for (const auto* loosening : {"keep_headers: [Cookie]", "keep_keys: [pin]", "keep_classes: [ssn]", "mode: full"}) {
    CAPTURE(loosening);
    const auto key = std::string{loosening}.substr(0, std::string_view{loosening}.find(':'));
    const auto text = complaint("  rules:\n    - host: a.example\n      " + std::string{loosening} + "\n");
    CHECK(text.starts_with("f.yaml:4: redaction.rules[0]." + key + ": "));
    CHECK(holds(text, "a host is what the peer says"));
    CHECK(holds(text, "bind this one to an executable"));
    const auto bound = "  rules:\n    - executable: /bin/a\n      host: a.example\n      " + std::string{loosening};
    CHECK(holds(complaint(bound), "a host is what the peer says")); // also together with an executable
    CHECK(complaint("  rules:\n    - executable: /bin/a\n      " + std::string{loosening} + "\n").empty());
  }
}

TEST_CASE("a rule without a condition and one with a namespace are refused") {
  CHECK(holds(complaint("  rules:\n    - keys: [pin]\n"), "f.yaml:3: redaction.rules[0]: has neither host nor exec"));
  const auto text = complaint("  rules:\n    - namespace: pay\n      keep_keys: [pin]\n");
  CHECK(holds(text, "redaction.rules[0].namespace: namespaces are not known where secrets are removed"));
}

TEST_CASE("what is wrong in a list is told with its line, number and key") {
  CHECK(holds(complaint("  patterns: [{class: a, pattern: b}, {class: A, pattern: b}]\n"),
              "f.yaml:2: redaction.patterns[1].class: is \"A\"; accepted: a name of small letters"));
  CHECK(holds(complaint("  patterns:\n    - class: a\n"), "f.yaml:3: redaction.patterns[0]: has no pattern"));
  CHECK(holds(complaint("  patterns:\n    - {class: a, pattern: b, clas: c}\n"),
              "redaction.patterns[0].clas: unknown key; keys here: class, pattern"));
  CHECK(holds(complaint("  patterns: 7\n"), "redaction.patterns: is not a list"));
  CHECK(holds(complaint("  rules: [7]\n"), "redaction.rules[0]: is not a map"));
  CHECK(holds(complaint("  rules: [{host: a, host: b}]\n"), "redaction.rules[0].host: is there already"));
  CHECK(holds(complaint("  rules: [{host: \"a:80\", keys: [b]}]\n"), "redaction.rules[0].host: is \"a:80\""));
  CHECK(holds(complaint("  rules: [{executable: sh, keep_keys: [b]}]\n"), "a pattern that begins with / or *"));
  CHECK(holds(complaint("  rules: [{executable: /a, keep_classes: [password]}]\n"),
              "\"password\" is not told by its form; accepted: card, email, jwt, pem, phone, provider, ssn, url"));
  CHECK(holds(complaint("  rules: [{host: a, headers: ['a b']}]\n"), "cannot be the name of a header"));
  CHECK(holds(complaint("  rules: [{host: a, emails: 1}]\n"), "redaction.rules[0].emails: is \"1\""));
  CHECK(holds(complaint("  mode: none\n"), "redaction.mode: \"none\" is not known; accepted: full, metadata-only"));
  auto many = std::string{"  rules: ["};
  for (auto i = 0; i < 25; ++i)
    many += "{host: a, keys: [b]}, ";
  CHECK(holds(complaint(many + "]\n"), "has 25 items; accepted: a list of at most 24 rules"));
}

TEST_CASE("a bad pattern is refused with its place in the file and in the pattern, and how to mend it") {
  const auto text = complaint("  patterns:\n    - class: a\n      pattern: 'x(y'\n");
  CHECK(text == "f.yaml:4: redaction.patterns[0].pattern: Missing close parenthesis for group started at its character "
                "2: mend the pattern, or put a \\ before a character that stands for itself");
  const auto nested = complaint("  rules:\n    - host: a\n      patterns: [{class: a, pattern: '[z-a]'}]\n");
  CHECK(holds(nested, "f.yaml:4: redaction.rules[0].patterns[0].pattern: "));
  CHECK(holds(nested, " at its character 4: "));
  CHECK(holds(why_not("ab*+c"), "Possessive"));
  CHECK(holds(why_not("(a)\\1"), "needs backtracking"));
  CHECK(holds(why_not("(?<=x)y"), "needs backtracking"));
  CHECK(holds(why_not("a)b"), "at its character 2"));
  CHECK(holds(why_not("ab\\"), "at its character 3"));
}

TEST_CASE("a pattern that matches nothing at all is refused") {
  for (const auto* pattern : {"a*", "(a|)", "x?", "a{0,3}", "^$"}) {
    CAPTURE(pattern);
    CHECK(holds(why_not(pattern), "matches"));
  }
  CHECK(holds(why_not(""), "is empty"));
}

TEST_CASE("patterns have limits, which are found out fast") {
  CHECK(holds(why_not(std::string(pattern_size_max + 1, 'a')), "has 513 characters, more than 512"));
  CHECK(why_not(std::string(pattern_size_max, 'a')).empty());
  CHECK(holds(why_not("caf\xc3\xa9"), "is not ASCII at its character 4"));
  CHECK(holds(why_not("a\tb"), "is not ASCII at its character 2"));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(holds(why_not("(a{1,1000}){1,100}"), "repeats too much at its character 12"));
  CHECK(holds(why_not("((a{0,50}){0,50}){1,50}b"), "repeats too much"));
  CHECK(holds(why_not("[^x]{1,30000}y"), "repeats too much at its character 5"));
  CHECK(holds(why_not("x{99999999999999999999}"), "repeats too much"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{2});
  CHECK(why_not("[{]{2}\\{9999999}").empty()); // no repeats but the first
}

TEST_CASE("patterns that are useful are accepted") {
  for (const auto* pattern : {R"(\b[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){3,7}\b)", "(?i)kd-nr[:=] ?[0-9]{5,9}",
                              "^[0-9]{9}$", "[0-9]{16}|[0-9]{15}", R"(ACME_[a-f0-9]{32})", R"(\xC3\xA4+)"}) {
    CAPTURE(pattern);
    CHECK(why_not(pattern).empty());
  }
}

TEST_CASE("lists are written as they are read, and changes of them are told") {
  const auto text = std::string{R"([{host: "*.a.example", mode: metadata-only, headers: ["X-A"], keys: ["a \"b\""], )"
                                R"(patterns: [{class: "c", pattern: "\\bd\\b"}], emails: true}, )"
                                R"({executable: "/bin/x", keep_keys: ["k"], keep_classes: ["ssn"]}])"};
  const auto override = "redaction.rules=" + text;
  const auto read = load_settings({}, std::span{&override, 1});
  INFO((read ? "" : read.error().text));
  REQUIRE(read);
  CHECK(written_rules(read->redaction.rules) == text);
  const auto changes = plan_reload({}, *read);
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);
  CHECK(to_string(changes->front()) == "redaction.rules: [] -> " + text);
}
