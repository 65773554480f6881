#include "actors/inventory/evidence_text.hpp"
#include "actors/inventory/inventory.hpp"
#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <boost/json/value.hpp>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

exchange with_findings(exchange one, std::vector<sensitive_value> findings, int seconds = 1) {
  one.findings = std::move(findings);
  one.time = wall_time{std::chrono::seconds{seconds}};
  return one;
}

/// "class place exchanges seconds" of each, and in how many it was shown if it was in any.
std::vector<std::string> lines_of(const std::vector<sensitive_place>& places) {
  auto out = std::vector<std::string>{};
  for (const auto& each : places)
    out.push_back(each.kind + " " + each.place + " " + std::to_string(each.exchanges) + " " +
                  std::to_string(each.last_seen.time_since_epoch() / std::chrono::seconds{1}) +
                  (each.shown == 0 ? "" : " shown " + std::to_string(each.shown)));
  return out;
}

using lines = std::vector<std::string>;

boost::json::value document_of(const inventory& all) { return boost::json::parse(*all.openapi(all.apis().front().id)); }

} // namespace

TEST_CASE("an endpoint tells its sensitive data by class and place, with count and last time") {
  auto all = inventory{{}};
  all.learn(with_findings(call("POST", "/pay/1", 200),
                          {{"card", "request.body.card.number"}, {"token", "request.headers.x-auth"}}, 5));
  all.learn(with_findings(call("POST", "/pay/2", 200), {{"card", "request.body.card.number"}}, 3));
  all.learn(call("GET", "/other", 200));
  const auto api = all.api(all.apis().front().id);
  REQUIRE(api);
  REQUIRE(api->endpoints.size() == 2);
  CHECK(api->endpoints[0].sensitive.empty());
  CHECK(lines_of(api->endpoints[1].sensitive) ==
        lines{"card request.body.card.number 2 5", "token request.headers.x-auth 1 5"});
}

TEST_CASE("sensitive data is in the OpenAPI document of its operation alone") {
  auto all = inventory{{}};
  all.learn(with_findings(call("POST", "/pay", 200), {{"iban", "response.body.account"}}));
  all.learn(call("GET", "/pay", 200));
  const auto document = document_of(all);
  const auto& operation = document.at("paths").at("/pay");
  CHECK(operation.at("post").at("x-cleartap-sensitive") ==
        boost::json::parse(R"([{"class":"iban","place":"response.body.account","exchanges":1,"shown":0,)"
                           R"("last_seen":"1970-01-01T00:00:01.000Z"}])"));
  CHECK(!operation.at("get").as_object().contains("x-cleartap-sensitive"));
}

TEST_CASE("sensitive data is stored, loaded and merged, in any order") {
  const auto first = with_findings(call("GET", "/a", 200), {{"ssn", "request.query.q"}, {"card", "response.body"}}, 2);
  const auto second = with_findings(call("GET", "/a", 200), {{"ssn", "request.query.q"}}, 9);
  auto one = inventory{{}};
  one.learn(first);
  auto other = inventory{{}};
  other.learn(second);
  for (const auto& row : one.take_changed())
    REQUIRE(other.load(row));
  auto both = inventory{{}};
  both.learn(second);
  both.learn(first);
  CHECK(other.take_changed().front().evidence == both.take_changed().front().evidence);
  const auto id = other.apis().front().id;
  CHECK(lines_of(other.api(id)->endpoints[0].sensitive) == lines{"ssn request.query.q 2 9", "card response.body 1 2"});
}

TEST_CASE("sensitive data that was shown is told apart, stored, loaded and merged") {
  const auto shown = with_findings(call("GET", "/a", 200), {{"email", "response.body.mail", true}}, 2);
  const auto masked = with_findings(call("GET", "/a", 200), {{"email", "response.body.mail"}}, 9);
  auto one = inventory{{}};
  one.learn(shown);
  one.learn(shown);
  auto other = inventory{{}};
  other.learn(masked);
  for (const auto& row : one.take_changed())
    REQUIRE(other.load(row));
  const auto id = other.apis().front().id;
  CHECK(lines_of(other.api(id)->endpoints[0].sensitive) == lines{"email response.body.mail 3 9 shown 2"});
  const auto document = document_of(other);
  CHECK(document.at("paths").at("/a").at("get").at("x-cleartap-sensitive") ==
        boost::json::parse(R"([{"class":"email","place":"response.body.mail","exchanges":3,"shown":2,)"
                           R"("last_seen":"1970-01-01T00:00:09.000Z"}])"));
  CHECK(!endpoint_from_text(
      R"({"v":1,"served":1,"first_ns":1,"last_ns":2,"sensitive":{"of":{"email a":{"exchanges":1,"shown":2,"last_ns":1}}}})",
      {}));
}

TEST_CASE("rows from before sensitive data was told are read") {
  CHECK(endpoint_from_text(R"({"v":1,"served":1,"first_ns":1,"last_ns":2})", {}));
  CHECK(!endpoint_from_text(
      R"({"v":1,"served":1,"first_ns":1,"last_ns":2,"sensitive":{"of":{"card":{"exchanges":1,"last_ns":1}}}})", {}));
  CHECK(!endpoint_from_text(
      R"({"v":1,"served":1,"first_ns":1,"last_ns":2,"sensitive":{"of":{"card a":{"exchanges":1}}}})", {}));
}

TEST_CASE("places that cannot be and those beyond the limit are counted as left out") {
  auto evidence = endpoint_evidence{};
  learn(evidence,
        with_findings(call("GET", "/", 200), {{"", "a"}, {"b", ""}, {"c", "d\n"}, {"e", std::string(600, 'f')}}), {});
  CHECK(evidence.sensitive.empty());
  CHECK(evidence.sensitive.left_out() == 4);
  for (auto i = 0; i < 500; ++i)
    learn(evidence, with_findings(call("GET", "/", 200), {{"card", "request.body.k" + std::to_string(i)}}), {});
  CHECK(evidence.sensitive.entries().size() == sensitive_max);
  CHECK(evidence.sensitive.weight() == 504);
}

TEST_CASE("what was dropped is learnt as if it had been seen") {
  const auto seen = schema_of({R"({"id":1,"price":1.5,"ok":true,"name":"Ann","none":null,)"
                               R"("day":"2026-11-26","mail":"ann@a.example","tags":["a"]})"});
  const auto dropped =
      schema_of({R"({"id":"[DROPPED:integer]","price":"[DROPPED:number]","ok":"[DROPPED:boolean]",)"
                 R"("name":"[DROPPED:string]","none":null,"day":"[DROPPED:date]","mail":"[DROPPED:email]",)"
                 R"("tags":["[DROPPED:string]"]})"});
  CHECK(dropped == seen);
}

TEST_CASE("dropped keys are additional properties") {
  CHECK(schema_of({R"({"a":1,"[DROPPED:name]":{"b":1}})"}) ==
        R"({"type":"object","additionalProperties":{"type":"object","properties":{"b":{"type":"integer"}},)"
        R"("required":["b"]},"properties":{"a":{"type":"integer"}},"required":["a"]})");
}

TEST_CASE("masks take no type from a place where values are seen") {
  CHECK(schema_of({R"([4,"[REDACTED:card]"])"}).find(R"("type":"integer")") != std::string::npos);
  CHECK(schema_of({R"([4,"[REDACTED:card]"])"}).find(R"("string")") == std::string::npos);
  CHECK(schema_of({R"(["[REDACTED:card]",null])"}).find(R"("type":["string","null"])") != std::string::npos);
  CHECK(schema_of({R"([4,"a","[REDACTED:card]"])"}).find(R"(["string","integer"])") != std::string::npos);
  CHECK(schema_of({R"("[REDACTED:email]")"}) ==
        R"({"type":"string","format":"email","x-cleartap-redacted":["email"]})");
  CHECK(schema_of({R"("https://[REDACTED:url]@a.example/b")"}).find(R"("format":"uri")") != std::string::npos);
}

TEST_CASE("dropped parts of paths become parameters") {
  CHECK(path_shape("/users/[DROPPED:integer]/x/[DROPPED:uuid]/[DROPPED:hex]/[DROPPED:id]") ==
        "/users/{int}/x/{uuid}/{hex}/{redacted}");
}

TEST_CASE("dropped values of queries keep their types") {
  auto all = inventory{{}};
  all.learn(with_query(call("GET", "/", 200), "page=[DROPPED:integer]&day=[DROPPED:date]"));
  const auto document = document_of(all);
  const auto& parameters = document.at("paths").at("/").at("get").at("parameters").as_array();
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].at("schema") == boost::json::parse(R"({"type":"string","format":"date"})"));
  CHECK(parameters[1].at("schema") == boost::json::parse(R"({"type":"integer"})"));
}
