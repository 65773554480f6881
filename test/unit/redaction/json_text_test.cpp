#include "actors/redaction/json_text.hpp"
#include "actors/redaction/mask_writer.hpp"

#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace cleartap;
using sample::json;
using namespace std::string_literals;

TEST_CASE("a token is found across escapes of bytes that may be in one") {
  const auto token = std::string{"whsec"} + R"(_ab\/cdefghijklmnopqrstuvwxyz)"; // as PHP writes it
  CHECK(json("[\"" + token + "\"]") == R"(["[REDACTED:provider]"])");
  CHECK(json(R"(["a\/b","c\nd"])") == R"(["a\/b","c\nd"])");
}

TEST_CASE("a scalar under a sensitive key becomes a mask") {
  CHECK(json(R"({"password":"hunter2"})") == R"({"password":"[REDACTED:password]"})");
  CHECK(json(R"({"pin" : 1234, "a":1})") == R"({"pin" : "[REDACTED:password]", "a":1})");
  CHECK(json(R"({"token":null})") == R"({"token":null})");
  CHECK(json(R"({"token":true,"pin":[false, null]})") == R"({"token":true,"pin":[false, null]})");
  CHECK(json(R"({"password":""})") == R"({"password":""})");
  CHECK(json(R"({"password":"a\"b\\","x":"y"})") == R"({"password":"[REDACTED:password]","x":"y"})");
}

TEST_CASE("a container under a sensitive key keeps its structure") {
  CHECK(json(R"({"credentials":{"user":"bob","ids":[1,true,"x"],"o":{}},"a":"b"})") ==
        R"({"credentials":{"user":"[REDACTED:secret]","ids":["[REDACTED:secret]",true,)"
        R"("[REDACTED:secret]"],"o":{}},"a":"b"})");
}

TEST_CASE("escaped keys are compared as what they stand for") {
  CHECK(json(R"({"pass\u0077ord":"x"})") == R"({"pass\u0077ord":"[REDACTED:password]"})");
  CHECK(json(R"({"\u0070in":1})") == R"({"\u0070in":"[REDACTED:password]"})");
}

TEST_CASE("a secret in a key is masked and the key stays one") {
  CHECK(json(R"({"postgres://u:p@h/d":1})") == R"({"postgres://[REDACTED:url]@h/d":1})");
  for (auto body : {R"({"token=x\"y":"z"})", R"({"a \"password\":\"x\" b":1})", R"({"{\"pin\":1}":2})"}) {
    CHECK(sample::is_json(body));
    CHECK(sample::is_json(json(body)));
  }
}

TEST_CASE("a named value is masked in the array-of-pairs form") {
  CHECK(json(R"([{"name":"DB_PASSWORD","value":"x"},{"name":"HOME","value":"y"}])") ==
        R"([{"name":"DB_PASSWORD","value":"[REDACTED:password]"},{"name":"HOME","value":"y"}])");
}

TEST_CASE("JSON inside of a string is masked as JSON, and escaped again") {
  CHECK(json(R"({"data":"{\"password\":\"x\"}"})") == R"({"data":"{\"password\":\"[REDACTED:password]\"}"})");
  CHECK(json(R"({"data":"{\"a\":\"{\\\"pin\\\":1}\"}"})") ==
        R"({"data":"{\"a\":\"{\\\"pin\\\":\\\"[REDACTED:password]\\\"}\"}"})");
  CHECK(json(R"({"data":"{\"a\":\"token=\\u0078\"}"})") == R"({"data":"{\"a\":\"token=[REDACTED:token]\"}"})");
  CHECK(json(R"({"data":"[4111111111111111]"})") == R"({"data":"[\"[REDACTED:card]\"]"})");
  CHECK(json(R"({"data":"{\"user\":\"x\"}"})") == R"({"data":"{\"user\":\"x\"}"})");
}

TEST_CASE("secrets within strings are masked, the rest of the string stays") {
  CHECK(json(R"({"url":"https://h/p?access_token=abc&x=1"})") ==
        R"({"url":"https://h/p?access_token=[REDACTED:token]&x=1"})");
  CHECK(json(R"({"q":"login(password: \"x\")\n"})") == R"({"q":"login(password: \"[REDACTED:password]\")\n"})");
  CHECK(json(R"({"n":"4111 1111 1111 1111","c":4111111111111111})") ==
        R"({"n":"[REDACTED:card]","c":"[REDACTED:card]"})");
  CHECK(json(R"({"k":"-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n"})") ==
        R"({"k":"[REDACTED:pem]\n"})");
  CHECK(json(R"({"s":"\u00312\u0033-45-6789"})") == R"({"s":"[REDACTED:ssn]"})");
}

TEST_CASE("JSON is found whatever the content type, behind a mark and in lines") {
  CHECK(sample::redacted("text/html", R"({"password":"x"})") == R"({"password":"[REDACTED:password]"})");
  CHECK(sample::redacted("application/x-www-form-urlencoded", R"({"password":"x=1&y"})") ==
        R"({"password":"[REDACTED:password]"})");
  CHECK(json("\xef\xbb\xbf{\"pin\":1}") == "\xef\xbb\xbf{\"pin\":\"[REDACTED:password]\"}");
  CHECK(json("{\"pin\":1}\n{\"pin\":2}\n") == "{\"pin\":\"[REDACTED:password]\"}\n{\"pin\":\"[REDACTED:password]\"}\n");
}

TEST_CASE("what is almost JSON is masked too") {
  CHECK(json("{password: 'x', a: 1}") == R"({password: '[REDACTED:password]', a: 1})");
  CHECK(json(")]}',\n{\"password\":\"x\"}").find("\"x\"") == std::string::npos);
  CHECK(json(R"(cb({"password":"x","n":1});)") == R"(cb({"password":"[REDACTED:password]","n":1});)");
  CHECK(json("[INFO] password=x") == "[INFO] password=[REDACTED:password]");
  CHECK(json(R"({"a":oops,"password":"x"})") == R"({"a":oops,"password":"[REDACTED:password]"})");
}

TEST_CASE("depth is bounded, what is deeper is removed and counted") {
  const auto fits = std::string(masking::depth_max, '[') + "1" + std::string(masking::depth_max, ']');
  CHECK(json(fits) == fits);
  auto what = sample::with_body("application/json", std::string(masking::depth_max + 1, '[') + "\"x\"");
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.request->body.bytes == std::string(masking::depth_max, '['));
  CHECK(what.request->body.truncated);
  CHECK(what.request->body.size_carried == 4711);
  CHECK(what.quality == exchange_quality::truncated_limit);
  CHECK(stats.removed_for(removal::depth) == 1);
}

TEST_CASE("a string that nests JSON too often is masked where there is too much of it") {
  const auto nested = [](std::size_t levels) {
    auto body = R"({"a":1})"s;
    for (; levels > 0; --levels) {
      auto quoted = R"({"d":")"s;
      for (auto c : body)
        quoted += c == '"' || c == '\\' ? "\\"s + c : std::string(1, c);
      body = quoted + "\"}";
    }
    return body;
  };
  const auto shown = json(nested(masking::layers_max + 1));
  CHECK(shown.find("[REDACTED:secret]") != std::string::npos);
  CHECK(sample::is_json(shown));
  CHECK(json(nested(masking::layers_max)) == nested(masking::layers_max));
}

TEST_CASE("times and plain links stay, and secrets that look like them are masked") {
  for (const auto* same : {R"({"at":"2026-11-23T08:25:11Z","b":"2026-11-23 08:25:11.123+01:00"})",
                           R"({"url":"https://api.shop.test/v1/items/123456","b":"http://shop.test"})"})
    CHECK(json(same) == same);
  CHECK(json(R"(["2026-11-23T08:25:11Z password=hunter22"])") ==
        R"(["2026-11-23T08:25:11Z password=[REDACTED:password]"])");
  CHECK(json(R"(["https://shop.test/4111111111111111/a"])") == R"(["https://shop.test/[REDACTED:card]/a"])");
  CHECK(json(R"(["https://joe:hunter22@shop.test/a"])") == R"(["https://[REDACTED:url]@shop.test/a"])");
  CHECK(json(R"(["https://shop.test/a?token=hunter22"])") == R"(["https://shop.test/a?token=[REDACTED:token]"])");
  CHECK(json(R"(["https://shop.test/a/cGFzc3dvcmQ9aHVudGVyMjI"])") == R"(["https://shop.test/a/[REDACTED:password]"])");
  CHECK(json(R"({"token":"2026-11-23T08:25:11Z"})") == R"({"token":"[REDACTED:token]"})");
}

TEST_CASE("a time holds a key if the configuration has one of a letter") {
  const auto keys = std::vector<std::string>{"t"};
  const auto policy = redaction_policy{{}, keys};
  auto what = sample::with_body("application/json", R"(["2026-11-23T08:25:11Z"])");
  auto stats = redaction_stats{};
  redact(what, policy, stats);
  CHECK(what.request->body.bytes != R"(["2026-11-23T08:25:11Z"])");
}

TEST_CASE("a key that was harmless under one name is judged anew under another") {
  CHECK(json(R"([{"page":1,"pages":2},{"page":1,"passwd":3,"page":4}])") ==
        R"([{"page":1,"pages":2},{"page":1,"passwd":"[REDACTED:password]","page":4}])");
  CHECK(json(R"([{"name":"a","value":"b"},{"name":"otp","value":"b"},{"name":"a","value":"b"}])") ==
        R"([{"name":"a","value":"b"},{"name":"otp","value":"[REDACTED:password]"},{"name":"a","value":"b"}])");
}
