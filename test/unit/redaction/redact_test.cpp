#include "actors/redaction/key_stems.hpp"
#include "actors/redaction/mask_writer.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace cleartap;
using namespace std::string_literals;

namespace {

struct body {
  std::string type;
  std::string bytes;
};

/// Bodies that hold `value` under `key`, in each format. The value stands nowhere else.
std::vector<body> planted(const std::string& key, const std::string& value) {
  return {
      {"application/json", "{\"id\":17,\"" + key + "\":\"" + value + "\",\"z\":true}"},
      {"application/json", "{\"a\":{\"" + key + "\":[{\"v\":\"" + value + "\"}]}}"},
      {"application/json", "{\"data\":\"{\\\"" + key + "\\\":\\\"" + value + "\\\"}\",\"z\":1}"},
      {"application/x-www-form-urlencoded", "id=17&" + key + "=" + value + "&z=1"},
      {"multipart/form-data; boundary=b7", "--b7\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n17\r\n--b7\r\n"
                                           "Content-Disposition: form-data; name=\"" +
                                               key + "\"\r\n\r\n" + value + "\r\n--b7--\r\n"},
      {"application/xml", "<r><id>17</id><f " + key + "=\"" + value + "\"/></r>"},
      {"text/plain", "id=17\n" + key + "=" + value + "\nz=1"},
      {"text/plain", "id: 17\n" + key + ": " + value + "\nz: 1"},
      {"application/octet-stream", "\x01\x02 " + key + "\x03" + value + "\x04"},
  };
}

std::string redacted(const body& what, std::size_t size, bool truncated) {
  return sample::redacted(what.type, what.bytes.substr(0, size), truncated);
}

constexpr auto benign = std::string_view{
    R"({"id": 42, "name": "Alice \"Al\" Smith", "email": "alice@example.org", "created": "2026-11-23T08:25:11Z",
 "uuid": "550e8400-e29b-41d4-a716-446655440000", "url": "https://example.org/a?page=2&sort=name", "price": 12.50,
 "usage": {"prompt_tokens": 11, "max_tokens": 4096, "session_count": 3}, "author": "Jürgen", "token_type": "Bearer",
 "tags": ["a", "b", null, true, -1.5e10], "nested": "{\"a\": [1, 2]}", "at": 1700000000000, "empty": {}, "none": []})"};

} // namespace

TEST_CASE("a value under any built-in key is shown in no format, whole or cut anywhere") {
  const auto value = "Qz7#kV'x/9~wQz"s;
  for (const auto& stem : masking::key_stems) {
    for (const auto& what : planted(std::string{stem.text}, value)) {
      if (what.type == "application/octet-stream" &&
          stem.text.find_first_of("\xc3\xd0\xe5\xe7") != std::string_view::npos)
        continue; // binary bodies are searched for ASCII
      const auto begin = what.bytes.find(value);
      CHECK(redacted(what, what.bytes.size(), false).find(value) == std::string::npos);
      for (auto size = begin + 2; size <= what.bytes.size(); ++size) {
        const auto left = redacted(what, size, true);
        if (left.find("Qz") != std::string::npos)
          FAIL("'" << stem.text << "' in " << what.type << " cut at " << size << ": " << left);
      }
    }
  }
}

TEST_CASE("a value under any built-in key is shown in no header and no query") {
  for (const auto& stem : masking::key_stems) {
    CHECK(sample::query("a=1&" + std::string{stem.text} + "=Qz7kVx&b").find("Qz7") == std::string::npos);
    CHECK(sample::header(stem.text, "Qz7kVx").find("Qz7") == std::string::npos);
  }
}

TEST_CASE("an element called like any built-in key is emptied") {
  for (const auto& stem : masking::key_stems) {
    const auto key = std::string{stem.text};
    const auto what = body{"application/xml", "<r><" + key + ">Qz7 <b/>kVx</" + key + "></r>"};
    for (auto size = what.bytes.find("Qz") + 2; size <= what.bytes.size(); ++size)
      CHECK(redacted(what, size, true).find("Qz") == std::string::npos);
  }
}

TEST_CASE("a body without secrets stays byte for byte") {
  for (auto type : {"application/json", "text/plain", "application/x-www-form-urlencoded", ""})
    CHECK(sample::redacted(type, benign) == benign);
}

TEST_CASE("valid JSON stays valid") {
  for (const auto& stem : masking::key_stems)
    for (auto value :
         {R"("x\"y\\")", "-1.5e3", "true", "null", R"([1,{"a":"b"},[]])", R"({"a":{"b":2}})", R"("\ud83d\n")"})
      for (auto tail : {"}", ",\"t\":\"a\\\"b\\tpassword=\\\"x\\\\\\u0001\"}"}) {
        const auto body = "{\"" + std::string{stem.text} + "\":" + value + tail;
        REQUIRE(sample::is_json(body));
        CHECK(sample::is_json(sample::json(body)));
      }
}

TEST_CASE("a second pass changes nothing") {
  for (const auto& stem : masking::key_stems)
    for (const auto& what : planted(std::string{stem.text}, "a b,'c\"]}<d>"))
      for (auto size = std::size_t{0}; size <= what.bytes.size(); size += 3) {
        auto stats = redaction_stats{};
        auto twice = sample::with_body(what.type, what.bytes.substr(0, size), true);
        redact(twice, sample::policy(), stats);
        const auto once = twice.request->body.bytes;
        redact(twice, sample::policy(), stats);
        CHECK(twice.request->body.bytes == once);
      }
}

TEST_CASE("all parts of an exchange are masked and counted") {
  auto what = sample::with_body("application/json", R"({"password":"x"})");
  what.request->path = "/p";
  what.request->query = "token=x";
  what.request->headers.emplace_back("Authorization", "Bearer x");
  auto& response = what.response.emplace();
  response.headers = {{"Set-Cookie", "a=x"}};
  response.body = {.bytes = "ssn=x", .size_carried = 5, .truncated = false};
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(sample::shown(what) ==
        "/p?token=[REDACTED:token]\ncontent-type: application/json\n"
        "Authorization: Bearer [REDACTED:authorization]\n{\"password\":\"[REDACTED:password]\"}\n"
        "Set-Cookie: a=[REDACTED:session]\nssn=[REDACTED:ssn]\n");
  CHECK(stats.exchanges == 1);
  CHECK(stats.masked_as(redaction_class::password) == 1);
  CHECK(stats.masked_as(redaction_class::session) == 1);
  CHECK(stats.masked_as(redaction_class::ssn) == 1);
  CHECK(what.response->body.size_carried == 5);
  CHECK(!what.response->body.truncated);
  CHECK(what.quality == exchange_quality::complete);
}

TEST_CASE("a body that costs too much loses its rest") {
  auto bytes = std::string{};
  for (auto i = 0; i < 200'000; ++i)
    bytes += "<a "; // each opens a tag that has no end
  auto what = sample::with_body("text/html", bytes + "password=x");
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.request->body.bytes.size() < bytes.size());
  CHECK(what.request->body.truncated);
  CHECK(stats.removed_for(removal::work) == 1);
}

TEST_CASE("masks make a body only so much longer") {
  auto bytes = "{\"pins\":{\"pin\":["s;
  while (bytes.size() < 100'000)
    bytes += "1,";
  auto what = sample::with_body("application/json", bytes);
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.request->body.bytes.size() <= bytes.size() + masking::growth_max + 64);
  CHECK(what.request->body.truncated);
  CHECK(stats.removed_for(removal::growth) == 1);
}

TEST_CASE("garbage of any kind is survived") {
  for (auto piece : {"{",     "[", "\"",  "'",           "\\",        "{\"a\":",    "<",     "<password>", "eyJ",
                     "-eyJ.", "4", "4 ",  "-----BEGIN ", "password:", "password=[", "://",   "://a@",      "--b\r\n",
                     "\xff",  "%", "&;=", "\\u00",       "glpat-",    "sk-a ",      "a@b.c", "00-"})
    for (auto type :
         {"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/x; boundary=b"}) {
      auto bytes = std::string{};
      while (bytes.size() < 100'000)
        bytes += piece;
      const auto once = sample::redacted(type, bytes, true);
      CHECK(once.size() <= bytes.size() + masking::growth_max + 64);
    }
}
