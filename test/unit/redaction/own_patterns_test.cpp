#include "test/unit/redaction/policy_samples.hpp"

using namespace cleartap;

namespace {

constexpr auto badge = std::string_view{"  patterns: [{class: badge, pattern: 'B-[0-9]{6}'}]\n"};

std::string json(std::string_view body, std::string_view yaml = badge) {
  return sample::body_by(yaml, "application/json", std::string{body});
}

std::string text(std::string_view body, std::string_view yaml = badge) {
  return sample::body_by(yaml, "text/plain", std::string{body});
}

} // namespace

TEST_CASE("an own pattern is masked with its class wherever it stands") {
  auto rules = redaction_rules{sample::redaction(badge)};
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.host = "B-123456.example";
  request.path = "/badges/B-123456/x";
  request.query = "q=B-123456&r=%42-123456";
  request.headers = {{"X-Note", "of B-123456, and B-654321"}, {"Host", "B-123456.example"}};
  request.trailers = {{"X-End", "B-123456"}};
  what.application = {.protocol = application_protocol::graphql, .operation = "query B-123456"};
  sample::apply(rules, what);
  CHECK(request.host == "[REDACTED:badge].example");
  CHECK(request.path == "/badges/[REDACTED:badge]/x");
  CHECK(request.query == "q=[REDACTED:badge]&r=[REDACTED:badge]");
  CHECK(request.headers[0].second == "of [REDACTED:badge], and [REDACTED:badge]");
  CHECK(request.headers[1].second == "[REDACTED:badge].example");
  CHECK(request.trailers[0].second == "[REDACTED:badge]");
  CHECK(what.application->operation == "query [REDACTED:badge]");
  CHECK(std::ranges::find(what.findings, sensitive_value{"badge", "request.headers.x-note"}) != what.findings.end());
}

TEST_CASE("an own pattern is found in bodies of any format, decoded too") {
  CHECK(json(R"({"a":["B-123456"],"B-123456":1,"b":"x B-123456 y"})") ==
        R"({"a":["[REDACTED:badge]"],"[REDACTED:badge]":1,"b":"x [REDACTED:badge] y"})");
  CHECK(json(R"({"a":"\u0042-123456"})") == R"({"a":"[REDACTED:badge]"})");
  CHECK(json(R"({"a":"one\nB-123456"})") == R"({"a":"one\n[REDACTED:badge]"})");
  CHECK(json(R"({"a":"{\"b\":\"B-123456\"}"})").find("123456") == std::string::npos);
  CHECK(text("see B-123456.") == "see [REDACTED:badge].");
  CHECK(text("<a b=\"B-123456\">B-123456</a>") == "<a b=\"[REDACTED:badge]\">[REDACTED:badge]</a>");
  CHECK(sample::body_by(badge, "application/x-www-form-urlencoded", "a=B-123456&b=%42%2D123456") ==
        "a=[REDACTED:badge]&b=[REDACTED:badge]");
  const auto part = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nB-123456\r\n--x--\r\n";
  CHECK(sample::body_by(badge, "multipart/form-data; boundary=x", part).find("123456") == std::string::npos);
  const auto binary = std::string{"\x0a\x08"} + "B-123456" + std::string{"\0\x01", 2};
  CHECK(sample::body_by(badge, "application/grpc", binary).find("123456") == std::string::npos);
}

TEST_CASE("numbers of JSON are searched, and stay valid JSON") {
  constexpr auto account = std::string_view{"  patterns: [{class: account, pattern: '^77[0-9]{5}$'}]\n"};
  CHECK(json(R"({"a":7712345,"b":771234,"c":[7712345]})", account) ==
        R"({"a":"[REDACTED:account]","b":771234,"c":["[REDACTED:account]"]})");
  CHECK(json(R"({"order_id":"7712345"})", account) == R"({"order_id":"[REDACTED:account]"})");
}

TEST_CASE("own matches that overlap or touch are one mask, of the first class") {
  constexpr auto two = std::string_view{"  patterns: [{class: x, pattern: 'aab+'}, {class: y, pattern: 'b+c'}]\n"};
  CHECK(text("-aabbbc-", two) == "-[REDACTED:x]-");
  constexpr auto digit = std::string_view{"  patterns: [{class: digit, pattern: '[0-9]'}]\n"};
  CHECK(text("a 123 b 4", digit) == "a [REDACTED:digit] b [REDACTED:digit]");
}

TEST_CASE("an own pattern never lets through what is secret without it") {
  constexpr auto card = std::string_view{"4111111111111111"};
  const auto with = [](std::string_view pattern) {
    return "  patterns: [{class: x, pattern: '" + std::string{pattern} + "'}]\n";
  };
  CHECK(text("n 4111111111111111 m", with("4111")).find("111111") == std::string::npos);
  CHECK(text("n 4111111111111111 m", with("1111 m")).find("411111") == std::string::npos);
  auto separators = redaction_rules{sample::redaction(with("="))};
  auto what = sample::with_body("text/plain", "password=hunter2");
  sample::apply(separators, what);
  CHECK(what.request->body.bytes == "password[REDACTED:x][REDACTED:password]");
  CHECK(text("<password>hunter2</password>", with("d>")).find("hunter2") == std::string::npos);
  CHECK(text("https://ann:hunter2@a.example", with("ps://a")).find("hunter2") == std::string::npos);
  CHECK(text("password=hunter2", with("password")).find("hunter2") == std::string::npos);
  CHECK(text("password: hunter2 and", with("hunt")).find("er2") == std::string::npos);
  CHECK(text("password: hunter2", with("ter2$")).find("hun") == std::string::npos);
  CHECK(json(R"({"password":"hunter2"})", with("hunter")) == R"({"password":"[REDACTED:password]"})");
  CHECK(json(R"({"password":"hunter2"})", with("password")).find("hunter2") == std::string::npos);
  for (auto i = std::size_t{0}; i + 4 <= card.size(); ++i) {
    const auto left = text("n " + std::string{card} + " m", with(card.substr(i, 4)));
    CAPTURE(i, left);
    CHECK(left.find("1111") == std::string::npos);
  }
}

TEST_CASE("a pattern that matches a mask's own letters leaves masks alone") {
  constexpr auto letters = std::string_view{"  patterns: [{class: word, pattern: '[A-Za-z]{3,}'}]\n"};
  CHECK(json(R"({"pin":"1","a":"xyz 1"})", letters).find("[REDACTED:password]") != std::string::npos);
  CHECK(text("1 [REDACTED:nothing] ab", letters) == "1 [[REDACTED:word]:[REDACTED:word]] ab");
}

TEST_CASE("very many matches are removed at once, without taking long") {
  constexpr auto letter = std::string_view{"  patterns: [{class: a, pattern: 'a'}]\n"};
  auto body = std::string{};
  for (auto i = 0; i < 500'000; ++i)
    body += "a.";
  const auto left = text(body, letter);
  CHECK(left.find("a.") == std::string::npos);
}

TEST_CASE("classes of one name share a mask, those of built-in names too") {
  constexpr auto two = std::string_view{
      "  patterns: [{class: x, pattern: 'aa'}, {class: x, pattern: 'bb'}, {class: ssn, pattern: 'cc'}]\n"};
  CHECK(text("aa bb cc", two) == "[REDACTED:x] [REDACTED:x] [REDACTED:ssn]");
}
