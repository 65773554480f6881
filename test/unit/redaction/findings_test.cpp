#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

constexpr auto card = "4111111111111111";

/// "class place begin..end" of each note, in the order in which they were made.
std::vector<std::string> notes_of(exchange& what) {
  auto notes = std::vector<redaction_note>{};
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats, &notes);
  auto lines = std::vector<std::string>{};
  for (const auto& each : notes)
    lines.push_back((each.removed ? "removed" : each.name) + " " + each.place + " " + std::to_string(each.begin) +
                    ".." + std::to_string(each.end));
  return lines;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("what is masked is noted with its class, its place and where it stood") {
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.path = "/cards/4111111111111111/x";
  request.query = "page=2&token=abcdef";
  request.headers = {{"Accept", "*/*"}, {"Authorization", "Bearer abc"}, {"Cookie", "sid=1; theme=dark"}};
  request.headers.emplace_back("Content-Type", "application/json");
  request.body.bytes = R"({"user":{"password" : "hunter2","pan":4111111111111111}})";
  auto& response = what.response.emplace();
  response.trailers = {{"X-Api-Key", "k"}};
  CHECK(notes_of(what) == lines{"authorization request.headers.authorization 7..10",
                                "session request.headers.cookie.sid 4..5",
                                "session request.headers.cookie.theme 13..17", "card request.path 7..23",
                                "token request.query.token 13..19", "apikey response.trailers.x-api-key 0..1",
                                "password request.body.user.password 23..30", "card request.body.user.pan 38..54"});
}

TEST_CASE("a place in JSON names all keys above it, arrays add nothing") {
  auto what = sample::with_body(
      "application/json",
      R"({"a":[{"x":1,"cards":["4111111111111111"]},[{"b c":{"pin":1}}]],"u@x.example":{"pin":2},"pin":3,)"
      R"("4111111111111111":4,"z":{"\"":5},"token":"{\"a\":1"})");
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.findings == std::vector<sensitive_value>{{"card", "request.body.a.cards"},
                                                      {"password", "request.body.a.*.pin"},
                                                      {"password", "request.body.*.pin"},
                                                      {"password", "request.body.pin"},
                                                      {"card", "request.body"},
                                                      {"token", "request.body.token"},
                                                      {"email", "request.body", true}});
  what = sample::with_body("application/x-ndjson", "{\"a\":{\"pin\":1}}\n{\"b\":{\"pin\":1}}\n");
  redact(what, sample::policy(), stats);
  CHECK(what.findings ==
        std::vector<sensitive_value>{{"password", "request.body.a.pin"}, {"password", "request.body.b.pin"}});
}

TEST_CASE("places in JSON are told wherever blocks meet, also behind several secrets in one string") {
  const auto notes_with = [](std::size_t pad) {
    auto what = sample::with_body(
        "application/json", R"({"a":{"s":")" + std::string(pad, '.') + R"(\\ token=abcdef \"}{\\\" token=ghijkl,)" +
                                std::string(2 * pad, '\\') + R"( token=mnopqr"},"b":[{"pin":1},{"c":1,"pin":2}]})");
    return notes_of(what);
  };
  for (auto pad = std::size_t{0}; pad < 130; ++pad) {
    const auto notes = notes_with(pad);
    REQUIRE(notes.size() == 5);
    for (auto i = std::size_t{0}; i < 3; ++i)
      CHECK(notes[i].starts_with("token request.body.a.s.token "));
    CHECK(notes[3].starts_with("password request.body.b.pin "));
    CHECK(notes[4].starts_with("password request.body.b.pin "));
  }
}

TEST_CASE("findings are kept once and within their limit") {
  auto what = sample::with_body("application/json", R"([{"password":"a"},{"password":"b"},{"token":"c"}])");
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.findings ==
        std::vector<sensitive_value>{{"password", "request.body.password"}, {"token", "request.body.token"}});
  redact(what, sample::policy(), stats);
  CHECK(what.findings.size() == 2);

  auto body = std::string{};
  for (auto c = 'a'; c <= 'z'; ++c)
    for (auto d : {'a', 'b'})
      (((body += c) += d) += "_password=x\n");
  what = sample::with_body("text/plain", body);
  redact(what, sample::policy(), stats);
  CHECK(what.findings.size() == findings_max);
}

TEST_CASE("an exchange without secrets has no findings") {
  auto what = sample::with_body("application/json", R"({"id":1,"name":"x"})");
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.findings.empty());
}

TEST_CASE("a secret inside an encoded value is noted where it is written, under its own key") {
  auto what = sample::with_body("application/json", R"({"log":"a\tpassword=hunter2"})");
  CHECK(notes_of(what) == lines{"password request.body.log.password 20..27"});
  what = sample::with_body("application/x-www-form-urlencoded", "q=a&r=%7B%22pin%22%3A1%2C%22password%22%3A%22x%22%7D");
  CHECK(notes_of(what) == lines{"password request.body.pin 21..22", "password request.body.password 45..46"});
  what = sample::with_body("application/json", R"({"a":"{\"b\":\"4111111111111111\"}"})");
  CHECK(notes_of(what) == lines{"card request.body.a.b 15..31"});
  what = sample::with_body("application/json", R"({"note":"NDExMTExMTExMTExMTExMQ=="})");
  CHECK(notes_of(what) == lines{"card request.body.note 9..33"});
}

TEST_CASE("a place shows no text that may be a secret itself") {
  auto what = sample::with_body("text/plain", std::string{card} + "_password=x");
  for (const auto& line : notes_of(what))
    CHECK(line.find("4111") == std::string::npos);
  what = sample::with_body("text/plain", "password=hunter2\n\n:4111111111111111");
  CHECK(notes_of(what) == lines{"password request.body.password 9..16", "card request.body 19..35"});
}

TEST_CASE("a rest that is removed is noted") {
  auto what = sample::with_body("application/json", std::string(100'000, '['));
  const auto noted = notes_of(what);
  REQUIRE(noted.size() == 1);
  CHECK(noted[0].starts_with("removed request.body "));
  CHECK(noted[0].ends_with("..100000"));
  CHECK(what.findings.empty());
}
