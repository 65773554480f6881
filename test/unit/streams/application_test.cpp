// What speaks on top of HTTP.
#include "actors/streams/graphql.hpp"
#include "test/unit/streams/http2_side.hpp"
#include "test/unit/streams/tap.hpp"

using namespace cleartap;
using namespace std::string_literals;

TEST_CASE("the operation of a GraphQL document is found") {
  auto [document, name, operation] = GENERATE(table<std::string, std::string, std::string>({
      {"{ me { id } }", "", "query"},
      {"query { me { id } }", "", "query"},
      {"query Me { me { id } }", "", "query Me"},
      {"# a comment {\n\n  mutation  AddToCart($id: ID! = \"}\", $in: In = {a: 1}) @auth { add(id: $id) { n } }", "",
       "mutation AddToCart"},
      {"subscription OnPrice{price}", "", "subscription OnPrice"},
      {"query A { a } query B { b }", "B", "query B"},
      {"query A($x: In = {y: {z: 1}}) { a(x: \"\"\"}\"\"\") } mutation B { b }", "B", "mutation B"},
      {"fragment F on User { id } query WithFragment { me { ...F } }", "", "query WithFragment"},
      {"\xEF\xBB\xBFquery Me { me }", "", "query Me"},
      {"query A { a }", "Missing", ""},
      {"shoes", "", ""},
      {"subscription plans", "", ""},
      {"select 1", "", ""},
      {"", "", ""},
      {"query " + std::string(200, 'n') + " { a }", "", ""},
  }));
  INFO(document);
  CHECK(graphql_operation(document, name) == operation);
}

TEST_CASE("GraphQL is found in a request's parameters and in its JSON") {
  CHECK(graphql_operation_of_query("a=1&query=query+Me%20%7B+me+%7D") == "query Me");
  CHECK(graphql_operation_of_query("query=query+A%7Ba%7D+query+B%7Bb%7D&operationName=B") == "query B");
  CHECK(graphql_operation_of_query("query=shoes").empty());
  CHECK(graphql_operation_of_json(R"({"query":"mutation Pay { pay }","variables":{"query":1}})") == "mutation Pay");
  CHECK(graphql_operation_of_json(R"([{"query":"query A {a}"},{"query":"{ b }"},3])") == "query A, query");
  CHECK(graphql_operation_of_json(R"({"operationName":"Saved","extensions":{"persistedQuery":{"version":1}}})") ==
        "Saved");
  CHECK(graphql_operation_of_json(R"({"query":{"match_all":{}}})").empty());
  CHECK(graphql_operation_of_json(R"({"query":"query Cut { a)").empty());
  CHECK(graphql_operation_of_json("{\"query\":" + std::string(100000, '[')).empty());
}

TEST_CASE("a GraphQL request over HTTP/1.1 is told") {
  auto seen = tap{};
  auto body = R"({"query":"query Me { me { id } }"})"s;
  seen.client_sends("POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(seen.only().application);
  CHECK(seen.only().application->protocol == application_protocol::graphql);
  CHECK(seen.only().application->operation == "query Me");
}

TEST_CASE("an upgrade to WebSocket is an exchange, and what follows is counted") {
  auto seen = tap{};
  seen.client_sends("GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  seen.server_sends("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello");
  seen.client_sends("\x81\x85....hello");
  REQUIRE(seen.only().application);
  CHECK(seen.only().application->protocol == application_protocol::websocket);
  CHECK(seen.ledger().others[static_cast<std::size_t>(other_protocol::websocket)] == 7 + 11);
  CHECK(seen.ledger().connections_of[static_cast<std::size_t>(other_protocol::websocket)] == 1);
}

TEST_CASE("events over HTTP/1.1 go out at their head") {
  auto seen = tap{};
  seen.client_sends("GET /events HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(summary(seen.only()) == "GET /events -> 200 truncated_limit");
  REQUIRE(seen.only().application);
  CHECK(seen.only().application->protocol == application_protocol::event_stream);
  seen.server_sends("9\r\ndata: 1\n\n\r\n0\r\n\r\n");
  seen.client_sends("GET /next HTTP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(summaries(seen.exchanges) ==
        std::vector<std::string>{"GET /events -> 200 truncated_limit", "GET /next -> 204 complete"});
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("gRPC tells its method and status, also where there is no message") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  auto message = "\0\0\0\0\5hello"s;
  seen.client_sends(joined(
      {std::string{http2_preface}, settings_frame(),
       client.headers(1, post("/shop.Cart/Add", "application/grpc"), false), data_frame(1, message + message, true),
       client.headers(3, post("/shop.Cart/Get", "application/grpc+proto"), false), data_frame(3, message, true)}));
  seen.server_sends(
      joined({settings_frame(), server.headers(1, status(200, {{"content-type", "application/grpc"}}), false),
              data_frame(1, message, false), server.headers(1, {{"grpc-status", "0"}}, true),
              server.headers(3, status(200, {{"content-type", "application/grpc"}, {"grpc-status", "16"}}), true)}));
  REQUIRE(seen.exchanges.size() == 2);
  CHECK(seen.exchanges[0].application == application_call{application_protocol::grpc, "shop.Cart/Add", 0, 2, 1});
  CHECK(seen.exchanges[1].application == application_call{application_protocol::grpc, "shop.Cart/Get", 16, 1, 0});
}
