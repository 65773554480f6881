#include "actors/inventory/openapi.hpp"
#include "messages/text.hpp"

#include "actors/inventory/authority.hpp"
#include "actors/inventory/http_text.hpp"
#include "actors/inventory/inventory.hpp"
#include "actors/inventory/pretty_json.hpp"
#include "actors/inventory/text_format.hpp"
#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <boost/json/value.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace cleartap;
using namespace cleartap::samples;

namespace {

std::string document_of(const std::vector<exchange>& exchanges) {
  auto all = inventory{{}};
  for (const auto& one : exchanges)
    all.learn(one);
  return *all.openapi(all.apis().at(0).id);
}

/// The part of a document at an RFC 6901 pointer, compact; "none" if there is none.
std::string part(const std::string& document, const std::string& pointer) {
  const auto tree = boost::json::parse(document);
  auto error = boost::system::error_code{};
  const auto* found = tree.find_pointer(pointer, error);
  return found ? boost::json::serialize(*found) : "none";
}

} // namespace

TEST_CASE("a small document in full") {
  auto one = with_query(call("GET", "/users/42", 200), "verbose=true");
  one = with_response_body(std::move(one), "application/json", R"({"id":42,"mail":"a@example.org"})");
  CHECK(document_of({one}) == R"({
  "openapi": "3.1.0",
  "info": {
    "title": "api.example",
    "version": "0.0.0-observed",
    "description": "Inferred by cleartap from observed traffic: what was not seen is not here."
  },
  "servers": [
    {
      "url": "https://api.example"
    }
  ],
  "paths": {
    "/users/{userId}": {
      "get": {
        "operationId": "getUsersByUserId",
        "parameters": [
          {
            "name": "userId",
            "in": "path",
            "required": true,
            "schema": {
              "type": "integer"
            }
          },
          {
            "name": "verbose",
            "in": "query",
            "required": true,
            "schema": {
              "type": "boolean"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "OK",
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "properties": {
                    "id": {
                      "type": "integer"
                    },
                    "mail": {
                      "type": "string",
                      "format": "email"
                    }
                  },
                  "required": [
                    "id",
                    "mail"
                  ]
                },
                "x-cleartap": {
                  "bodies": 1,
                  "learned": 1
                }
              }
            },
            "x-cleartap": {
              "responses": 1
            }
          }
        },
        "x-cleartap": {
          "served": 1,
          "called": 0,
          "first_seen": "1970-01-01T00:00:00.001Z",
          "last_seen": "1970-01-01T00:00:00.001Z"
        }
      }
    }
  }
}
)");
}

TEST_CASE("shapes of one name become one path with both types") {
  const auto document = document_of({call("GET", "/a/42", 200), call("DELETE", "/a/7", 204),
                                     call("GET", "/a/3f2b0c1e-9a7d-4c55-8b1a-0123456789ab", 404)});
  CHECK(part(document, "/paths/~1a~1{aId}/get/parameters") ==
        R"([{"name":"aId","in":"path","required":true,)"
        R"("schema":{"anyOf":[{"type":"integer"},{"type":"string","format":"uuid"}]}}])");
  CHECK(part(document, "/paths/~1a~1{aId}/get/x-cleartap/served") == "2");
  CHECK(part(document, "/paths/~1a~1{aId}/get/responses/404/description") == R"("Not Found")");
  CHECK(part(document, "/paths/~1a~1{aId}/delete/parameters") ==
        R"([{"name":"aId","in":"path","required":true,"schema":{"type":"integer"}}])");
}

TEST_CASE("each kind of segment has its schema") {
  const auto document = document_of({call("GET", "/h/507f1f77bcf86cd799439011/r/[REDACTED:token]", 200)});
  CHECK(part(document, "/paths/~1h~1{hId}~1r~1{rId}/get/parameters/0/schema") ==
        R"({"type":"string","pattern":"^[0-9A-Fa-f]{24,64}$"})");
  CHECK(part(document, "/paths/~1h~1{hId}~1r~1{rId}/get/parameters/1/schema") ==
        R"({"type":"string","description":"Redacted before it was recorded."})");
  const auto folded = document_of({call("GET", "/a/" + std::string(3000, 'x'), 200)});
  CHECK(part(folded, "/paths/~1a~1{aId}/get/parameters/0/schema") ==
        R"({"type":"string","description":"The rest of a path that is longer than cleartap's limits."})");
}

TEST_CASE("a request body is required if every call had one") {
  const auto with = with_request_body(call("POST", "/x", 201), "application/x-www-form-urlencoded", "a=1");
  CHECK(part(document_of({with}), "/paths/~1x/post/requestBody") ==
        R"({"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","properties":)"
        R"({"a":{"type":"integer"}},"required":["a"]},"x-cleartap":{"bodies":1,"learned":1}}},"required":true})");
  CHECK(part(document_of({with, call("POST", "/x", 400)}), "/paths/~1x/post/requestBody/required") == "none");
}

TEST_CASE("a query parameter that some calls lack is not required") {
  const auto document = document_of({with_query(call("GET", "/x", 200), "p=1&q=a"), call("GET", "/x", 200)});
  CHECK(part(document, "/paths/~1x/get/parameters") == R"([{"name":"p","in":"query","schema":{"type":"integer"}},)"
                                                       R"({"name":"q","in":"query","schema":{"type":"string"}}])");
}

TEST_CASE("a body whose content is not known has only its media type") {
  const auto document = document_of({with_response_body(call("GET", "/x", 200), "text/html", "<p>"),
                                     with_response_body(call("GET", "/x", 500), "application/json", "oops")});
  CHECK(part(document, "/paths/~1x/get/responses/200/content") == R"({"text/html":{"x-cleartap":{"bodies":1}}})");
  CHECK(part(document, "/paths/~1x/get/responses/500/content") ==
        R"({"application/json":{"x-cleartap":{"bodies":1,"learned":0,"malformed":1}}})");
}

TEST_CASE("methods without a field of their own are kept apart") {
  const auto document = document_of({call("PROPFIND", "/x", 207), call("get", "/x", 405), call("GET", "/x", 200)});
  CHECK(part(document, "/paths/~1x/x-cleartap-methods/PROPFIND/responses/207/description") == R"("Multi-Status")");
  CHECK(part(document, "/paths/~1x/x-cleartap-methods/get/x-cleartap/served") == "1");
  CHECK(part(document, "/paths/~1x/get/responses/200/description") == R"("OK")");
}

TEST_CASE("the asterisk is no path") {
  const auto document = document_of({call("OPTIONS", "*", 200)});
  CHECK(part(document, "/paths/x-cleartap-asterisk/options/operationId") == R"("options")");
  CHECK(part(document, "/paths/*") == "none");
}

TEST_CASE("calls without a response leave no response") {
  auto one = call("GET", "/x", 0);
  one.response.reset();
  const auto document = document_of({one});
  CHECK(part(document, "/paths/~1x/get/responses") == "none");
  CHECK(part(document, "/paths/~1x/get/x-cleartap/no_response") == "1");
}

TEST_CASE("operations of equal ids get a hash each") {
  const auto document = document_of({call("GET", "/a-b", 200), call("GET", "/aB", 200), call("GET", "/c", 200)});
  const auto first = part(document, "/paths/~1a-b/get/operationId");
  const auto second = part(document, "/paths/~1aB/get/operationId");
  CHECK(first == "\"getAB_" + api_id("GET /a-b") + "\"");
  CHECK(second == "\"getAB_" + api_id("GET /aB") + "\"");
  CHECK(part(document, "/paths/~1c/get/operationId") == R"("getC")");
}

TEST_CASE("an API without a usable name has no server") {
  auto one = call("GET", "/", 200);
  one.request->host = "";
  CHECK(part(document_of({one}), "/servers") == "none");
  one.request->host = "\"><script>";
  CHECK(part(document_of({one}), "/info/title") == R"("invalid")");
}

TEST_CASE("names that are not text never reach a document") {
  auto one = with_query(call("GET", "/\xff{x}", 200), "%ff%fe=1&ok=%ff");
  one = with_response_body(std::move(one), "application/json\xff", "{\"\xff\":1}");
  const auto document =
      document_of({with_response_body(call("GET", "/y", 200), "application/json", "{\"\xff\":1}"), one});
  CHECK(is_utf8(document));
  CHECK(part(document, "/paths/~1%FF%7Bx%7D/get/x-cleartap/query_parameters_left_out") == "1");
  CHECK(part(document, "/paths/~1y/get/responses/200/content/application~1json/x-cleartap/malformed") == "1");
}

TEST_CASE("statuses are described") {
  CHECK(reason_phrase("100") == "Continue");
  CHECK(reason_phrase("418") == "Status 418");
  CHECK(reason_phrase("511") == "Network Authentication Required");
  CHECK(reason_phrase("599") == "Status 599");
}

TEST_CASE("empty containers are printed on one line") {
  CHECK(pretty({{"a", boost::json::object{}}, {"b", boost::json::array{}}, {"\"", nullptr}}) ==
        "{\n  \"a\": {},\n  \"b\": [],\n  \"\\\"\": null\n}\n");
  CHECK(pretty({}) == "{}\n");
}
