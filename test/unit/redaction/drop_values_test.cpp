#include "actors/redaction/plain_name.hpp"
#include "test/unit/redaction/policy_samples.hpp"

using namespace cleartap;

namespace {

constexpr auto mode = std::string_view{"  mode: metadata-only\n"};

std::string json(std::string_view body) { return sample::body_by(mode, "application/json", std::string{body}); }

std::string form(std::string_view body) {
  return sample::body_by(mode, "application/x-www-form-urlencoded", std::string{body});
}

std::string path(std::string_view text) {
  auto rules = redaction_rules{sample::redaction(mode)};
  auto what = exchange{};
  what.request.emplace().path = text;
  sample::apply(rules, what);
  return what.request->path;
}

} // namespace

TEST_CASE("JSON keeps its structure, keys and types, and no value") {
  CHECK(json(R"({"name": "Ann", "age": 7, "price": 1.5, "paid": true, "note": null, "tags": [], "of": {}})") ==
        R"({"name":"[DROPPED:string]","age":"[DROPPED:integer]","price":"[DROPPED:number]",)"
        R"("paid":"[DROPPED:boolean]","note":null,"tags":[],"of":{}})");
  CHECK(json(R"([{"a":1},{"a":"b"}])") == R"([{"a":"[DROPPED:integer]"},{"a":"[DROPPED:string]"}])");
  CHECK(json("18446744073709551615") == R"("[DROPPED:number]")");
  CHECK(json("{\"a\":1}\n{\"a\":2}\n") == "{\"a\":\"[DROPPED:integer]\"}\n{\"a\":\"[DROPPED:integer]\"}");
}

TEST_CASE("strings keep their format") {
  CHECK(
      json(R"(["2026-11-26T10:00:00Z","2026-11-26","123e4567-e89b-42d3-a456-426614174000","ann@a.example",)"
           R"("https://a.example/b","10.0.0.1"])") ==
      R"(["[DROPPED:date-time]","[DROPPED:date]","[DROPPED:uuid]","[DROPPED:email]","[DROPPED:uri]","[DROPPED:ipv4]"])");
}

TEST_CASE("what is secret keeps its class") {
  CHECK(json(R"({"password":"x","pan":4111111111111111})") ==
        R"({"password":"[REDACTED:password]","pan":"[REDACTED:card]"})");
}

TEST_CASE("an array tells its types, not its length") {
  CHECK(json("[1,2,3,4]") == R"(["[DROPPED:integer]"])");
  CHECK(json(R"([1,"a","b",2,null,null,[3],[4]])") ==
        R"(["[DROPPED:integer]","[DROPPED:string]","[DROPPED:integer]",null,null,["[DROPPED:integer]"],)"
        R"(["[DROPPED:integer]"]])");
}

TEST_CASE("keys that are data are dropped") {
  for (const auto* key : {"ann@a.example", "123e4567-e89b-42d3-a456-426614174000", "4711", "+49 30 1234567", "10.0.0.1",
                          "2026-11-26", "user_48151", "dQw4w9WgXcQ", "9f86d081884c7d659a2feaa0c55ad015", "/home/ann",
                          "A sentence that goes on and on until it is longer than any name of a field", "ann\\u0040a",
                          "", "xkcdqwrtzpsdfgh", "aBcDeFgHiJkL", "key=value", "Ann <ann@a>"}) {
    CAPTURE(key);
    CHECK(json("{\"" + std::string{key} + "\":{\"a\":1}}") == R"({"[DROPPED:name]":{"a":"[DROPPED:integer]"}})");
  }
}

TEST_CASE("names of fields are no data") {
  for (const auto* name : {"id",
                           "userId",
                           "user_id",
                           "user-name",
                           "X-Request-ID",
                           "@type",
                           "$ref",
                           "#text",
                           "xs:element",
                           "address2",
                           "sha256",
                           "ipv4Address",
                           "2fa_enabled",
                           "ids[]",
                           "First Name",
                           "größe",
                           "i18n",
                           "accountOwnerDateOfBirth",
                           "HTTPStatusCode",
                           "x-amz-server-side-encryption",
                           "os.name"}) {
    CAPTURE(name);
    CHECK(masking::is_plain_name(name));
  }
}

TEST_CASE("of what is no JSON nothing is kept from there on") {
  CHECK(json(R"({"a":1,"b":hunter2,"c":3})") == R"({"a":"[DROPPED:integer]","b":)");
  CHECK(json("{my secret words}") == "{");
  CHECK(json("hunter2") == "");
  CHECK(json(R"({"a":"cut he)") == R"({"a":)");
  CHECK(json(R"({"a":'b'})") == R"({"a":)");
  CHECK(json(R"([1}2])") == R"(["[DROPPED:integer]")");
  CHECK(json(std::string(10'000, '[')).size() <= 512);
  auto what = sample::with_body("application/json", R"({"a":1,"b":hunter2})");
  auto rules = redaction_rules{sample::redaction(mode)};
  sample::apply(rules, what);
  CHECK(what.request->body.truncated);
}

TEST_CASE("forms and queries keep their names and types") {
  CHECK(form("name=Ann&age=7&ok=true&x=1.5&ann%40a.example=1&empty=&day=2026-11-26") ==
        "name=[DROPPED:string]&age=[DROPPED:integer]&ok=[DROPPED:boolean]&x=[DROPPED:number]&"
        "[DROPPED:name]=[DROPPED:integer]&empty=[DROPPED:string]&day=[DROPPED:date]");
  CHECK(form("hunter2") == "[DROPPED:name]");
  CHECK(form("password=x&token=y") == "password=[REDACTED:password]&token=[REDACTED:token]");
}

TEST_CASE("paths keep their words") {
  CHECK(path("/") == "/");
  CHECK(path("*") == "*");
  CHECK(path("/v1/users/4711/orders") == "/v1/users/[DROPPED:integer]/orders");
  CHECK(path("/a/123e4567-e89b-42d3-a456-426614174000/") == "/a/[DROPPED:uuid]/");
  CHECK(path("/a/9f86d081884c7d659a2feaa0c55ad015") == "/a/[DROPPED:hex]");
  CHECK(path("/mail/ann@a.example/x;v=secret/b") == "/mail/[DROPPED:id]/x/b");
  CHECK(path("/q/some%20text") == "/q/[DROPPED:id]");
  CHECK(path("/cards/4111111111111111") == "/cards/[REDACTED:card]");
  CHECK(path("/shop.v1.Carts/AddItem") == "/shop.v1.Carts/AddItem");
}

TEST_CASE("headers keep their names, other bodies nothing") {
  auto rules = redaction_rules{sample::redaction(mode)};
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.method = "POST";
  request.host = "a.example:8443";
  request.path = "/x";
  request.headers = {{"Host", "a.example:8443"},
                     {"Authorization", "Bearer abc"},
                     {"Content-Type", "text/plain; charset=x-secret"},
                     {"Content-Length", "12"},
                     {"X-123456789", "b"},
                     {"Date", "Thu, 26 Nov 2026 10:00:00 GMT"}};
  request.trailers = {{"X-Checksum", "abc"}};
  request.body = {.bytes = "some words 7", .size_carried = 12};
  auto& response = what.response.emplace();
  response.status = 201;
  response.headers = {{"Content-Type", "image/png"}, {"Host", "other"}};
  response.body = {.bytes = "PNG", .size_carried = 3};
  what.application = {.protocol = application_protocol::graphql, .operation = "query Ann4711x"};
  sample::apply(rules, what);
  CHECK(request.method == "POST");
  CHECK(request.host == "a.example:8443");
  CHECK(request.headers == http_headers{{"Host", "a.example:8443"},
                                        {"Authorization", "[DROPPED:string]"},
                                        {"Content-Type", "text/plain"},
                                        {"Content-Length", "[DROPPED:integer]"},
                                        {"[DROPPED:name]", "[DROPPED:string]"},
                                        {"Date", "[DROPPED:string]"}});
  CHECK(request.trailers == http_headers{{"X-Checksum", "[DROPPED:string]"}});
  CHECK(request.body.bytes.empty());
  CHECK(request.body.truncated);
  CHECK(request.body.size_carried == 12);
  CHECK(response.status == 201);
  CHECK(response.headers[0].second == "image/png");
  CHECK(response.headers[1].second == "[DROPPED:string]");
  CHECK(response.body.bytes.empty());
  CHECK(what.application->operation == "query [DROPPED:name]");
  CHECK(what.findings == std::vector<sensitive_value>{{"authorization", "request.headers.authorization"}});
}

TEST_CASE("no value of a body survives, wherever it is cut") {
  const auto whole = std::string{R"({"a":"needle77","b":["needle77",{"needle77@x.example":7}],"c":"x\"needle77"})"};
  for (auto size = std::size_t{0}; size <= whole.size(); ++size) {
    const auto left = json(whole.substr(0, size));
    CAPTURE(size, left);
    CHECK(left.find("needle") == std::string::npos);
  }
}
