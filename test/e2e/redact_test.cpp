// `cleartap redact` as its users call it. Needs no root.
#include "test/support/sniffer.hpp"
#include "test/support/text.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap::support;
using boost::json::value;

namespace {

finished redact(std::vector<std::string> options, std::string input) {
  auto words = std::vector<std::string>{cleartap_executable(), "redact"};
  words.insert(words.end(), options.begin(), options.end());
  return run({.words = std::move(words), .input = std::move(input)});
}

std::vector<value> lines_of(const std::string& text) {
  auto lines = std::vector<value>{};
  for (auto rest = std::string_view{text}; !rest.empty();) {
    const auto end = rest.find('\n');
    lines.push_back(boost::json::parse(rest.substr(0, end)));
    rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
  }
  return lines;
}

} // namespace

TEST_CASE("redact masks standard input") {
  const auto done = redact({}, R"({"id":17,"password":"hunter2"})");
  CHECK(done.status == 0);
  CHECK(done.output == R"({"id":17,"password":"[REDACTED:password]"})");
  CHECK(done.complaints == "");
  CHECK(redact({"--content-type", "application/x-www-form-urlencoded"}, "a=1&token=x").output ==
        "a=1&token=[REDACTED:token]");
  CHECK(redact({"--set", "redaction.keys=[mascot]"}, R"({"mascot":"ann"})").output ==
        R"({"mascot":"[REDACTED:custom]"})");
  CHECK(redact({}, "").output == "");
}

TEST_CASE("redact applies the rules of a host and of an executable") {
  const auto home = cleartap::temporary_directory{};
  const auto file =
      home.write("policy.yaml", "redaction:\n  emails: true\n  patterns: [{class: badge, pattern: 'B-[0-9]{6}'}]\n"
                                "  rules:\n"
                                "    - {host: '*.pay.example', keys: [account]}\n"
                                "    - {executable: /usr/bin/report, keep_keys: [session_id]}\n");
  const auto by = [&](std::vector<std::string> options) {
    options.insert(options.end(), {"--config", file.string()});
    return redact(std::move(options), R"({"a":"B-123456 ann@a.example","account":"1","session_id":"2"})").output;
  };
  CHECK(by({"--host", "b.example"}) ==
        R"({"a":"[REDACTED:badge] [REDACTED:email]","account":"1","session_id":"[REDACTED:session]"})");
  CHECK(by({"--host", "a.pay.example", "--executable", "/usr/bin/report"}) ==
        R"({"a":"[REDACTED:badge] [REDACTED:email]","account":"[REDACTED:custom]","session_id":"2"})");
  CHECK(by({}) ==
        R"({"a":"[REDACTED:badge] [REDACTED:email]","account":"[REDACTED:custom]","session_id":"[REDACTED:session]"})");
  CHECK(redact({"--set", "redaction.mode=metadata-only"}, R"({"a":[1,2],"b":"x"})").output ==
        R"({"a":["[DROPPED:integer]"],"b":"[DROPPED:string]"})");
}

TEST_CASE("redact refuses a bad pattern with its place and its character") {
  const auto home = cleartap::temporary_directory{};
  const auto file = home.write("policy.yaml", "redaction:\n  patterns:\n    - class: a\n      pattern: 'a{3,1}'\n");
  const auto done = redact({"--config", file.string()}, "{}");
  CHECK(done.status == 1);
  CHECK(done.output == "");
  CHECK(done.complaints.find("policy.yaml:4: redaction.patterns[0].pattern: ") != std::string::npos);
  CHECK(done.complaints.find("at its character 2") != std::string::npos);
  CHECK(redact({"--set", "redaction.patterns=[{class: a, pattern: 'a*'}]"}, "{}").status == 1);
}

TEST_CASE("redact reports class, place and position") {
  const auto done = redact({"--report"}, R"({"id":17,"password":"hunter2","pan":"4111111111111111"})");
  CHECK(lines_of(done.complaints) ==
        std::vector<value>{
            {{"start", 21}, {"end", 28}, {"class", "password"}, {"place", "body.password"}, {"shown", false}},
            {{"start", 37}, {"end", 53}, {"class", "card"}, {"place", "body.pan"}, {"shown", false}}});
  const auto shown = redact({"--report"}, R"({"id":17,"to":"ann@a.example"})");
  CHECK(shown.output == R"({"id":17,"to":"ann@a.example"})");
  CHECK(lines_of(shown.complaints) ==
        std::vector<value>{{{"start", 15}, {"end", 28}, {"class", "email"}, {"place", "body.to"}, {"shown", true}}});
}

TEST_CASE("redact reads a request with its head and writes it back") {
  const auto request = std::string{"POST /a?token=abc&b=1 HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer xyz\r\n"
                                   "Content-Type: application/json\r\nContent-Length: 22\r\n\r\n"
                                   R"({"password":"hunter2"})"};
  const auto done = redact({"--content-type", "message/http", "--report"}, request);
  CHECK(done.status == 0);
  CHECK(done.output == "POST /a?token=[REDACTED:token]&b=1 HTTP/1.1\r\nHost: shop.test\r\n"
                       "Authorization: Bearer [REDACTED:authorization]\r\nContent-Type: application/json\r\n"
                       "Content-Length: 34\r\n\r\n"
                       R"({"password":"[REDACTED:password]"})");
  auto parts = std::vector<std::string>{};
  for (const auto& line : lines_of(done.complaints)) {
    const auto start = line.at("start").to_number<std::size_t>();
    parts.push_back(request.substr(start, line.at("end").to_number<std::size_t>() - start));
  }
  CHECK(parts == std::vector<std::string>{"xyz", "abc", "hunter2"});
}

TEST_CASE("redact reads a chunked response with trailers") {
  const auto done = redact({"--content-type", "message/http", "--report"},
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n"
                           "b\r\npassword=ab\r\n2\r\nc \r\n0\r\nX-Api-Key: k\r\n\r\n");
  CHECK(done.output == "HTTP/1.1 200 \r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "1d\r\npassword=[REDACTED:password] \r\n0\r\nX-Api-Key: [REDACTED:apikey]\r\n\r\n");
  REQUIRE(lines_of(done.complaints).size() == 2);
  CHECK(lines_of(done.complaints)[1].at("start").is_null());
}

TEST_CASE("a batch answers each line in order") {
  const auto done =
      redact({"--batch"}, "{\"id\":1,\"content_type\":\"application/json\",\"body_base64\":"
                          "\"eyJwYXNzd29yZCI6Imh1bnRlcjIifQ==\"}\n"
                          "{\"id\":\"two\",\"body_base64\":\"#\"}\nnonsense\n\n{\"id\":[4],\"body_base64\":\"aGk=\"}");
  const auto lines = lines_of(done.output);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == value{{"id", 1}, {"body_base64", "eyJwYXNzd29yZCI6IltSRURBQ1RFRDpwYXNzd29yZF0ifQ=="}});
  CHECK(lines[1].at("id") == "two");
  CHECK(lines[1].at("error").as_string().find("base64") != std::string::npos);
  CHECK(lines[2].at("id").is_null());
  CHECK(lines[2].at("error").as_string().find("JSON") != std::string::npos);
  CHECK(lines[3] == value{{"id", boost::json::array{4}}, {"body_base64", "aGk="}});
  CHECK(done.status == 1);
  CHECK(done.complaints.starts_with("cleartap: 2 of 4 lines were refused"));
}

TEST_CASE("what redact cannot take is told with the mend") {
  const auto check_refused = [](const finished& done, const std::string& cause, const std::string& mend) {
    INFO(done.complaints);
    CHECK(done.status > 0);
    CHECK(done.output == "");
    CHECK(done.complaints.starts_with("cleartap: "));
    CHECK(done.complaints.find(cause) != std::string::npos);
    CHECK(done.complaints.find(mend) != std::string::npos);
  };
  check_refused(redact({"--content-type", "message/http"}, "{}"), "no HTTP/1 message", "message/http");
  check_refused(redact({"--content-type", "message/http"}, "GET / HTTP/1.1\r\nHost: a\r\n\r\nmore"), "behind the end",
                "one message at a time");
  check_refused(redact({"--batch", "--content-type", "text/plain"}, ""), "--content-type", "content_type");
  check_refused(redact({}, std::string((std::size_t{32} << 20) + 1, 'a')), "32 MiB", "split it");
  check_refused(redact({"--config", "/nowhere.yaml"}, ""), "No such file", "--config");
}

TEST_CASE("a rest that a limit removes is told") {
  const auto done = redact({}, std::string(100'000, '['));
  CHECK(done.status == 0);
  CHECK(done.output.size() < 100'000);
  CHECK(done.complaints.starts_with("cleartap: the rest of body from its byte "));
  CHECK(done.complaints.find("depth_max") != std::string::npos);
}
