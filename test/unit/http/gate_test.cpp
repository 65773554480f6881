#include "actors/http/gate.hpp"

#include "actors/http/loopback.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

const auto loopback_port = listen_address{"127.0.0.1", 8090};
const auto open_port = listen_address{"0.0.0.0", 8090};
const auto token = std::string{"0123456789abcdef"};

http_query from(std::string host, std::string authorization = "") {
  return {.path = "/", .host = std::move(host), .authorization = std::move(authorization)};
}

} // namespace

TEST_CASE("loopback is 127.0.0.0/8, ::1 and localhost") {
  for (auto host : {"127.0.0.1", "127.255.0.9", "::1", "0:0:0:0:0:0:0:1", "localhost", "LocalHost"}) {
    INFO(host);
    CHECK(is_loopback(host));
  }
  for (auto host : {"", "0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "127.1", "127.0.0.1.evil.example",
                    "localhost.example", "::2", "1", "[::1]", "127.0.0.1:80"}) {
    INFO(host);
    CHECK_FALSE(is_loopback(host));
  }
}

TEST_CASE("a Host header names loopback with and without a port") {
  for (auto header : {"127.0.0.1", "127.0.0.1:8090", "localhost:1", "[::1]", "[::1]:65535"}) {
    INFO(header);
    CHECK(names_loopback(header));
  }
  for (auto header : {"", ":8090", "evil.example", "evil.example:8090", "127.0.0.1:80:90", "127.0.0.1:x", "[::1",
                      "[::1]x", "[127.0.0.1]", "[::2]:80", "::1", "127.0.0.1@evil.example", "localhost:123456"}) {
    INFO(header);
    CHECK_FALSE(names_loopback(header));
  }
}

TEST_CASE("on loopback the gate is open to those who ask for a loopback name") {
  const auto way = gate{loopback_port, ""};
  CHECK(way.check(from("127.0.0.1:8090")) == gate_verdict::open);
  CHECK(way.check(from("localhost:8090")) == gate_verdict::open);
  CHECK(way.check(from("rebound.example:8090")) == gate_verdict::closed);
  CHECK(way.check(from("")) == gate_verdict::closed);
}

TEST_CASE("elsewhere the gate is closed without a token, whatever name is asked for") {
  const auto way = gate{open_port, ""};
  CHECK(way.check(from("127.0.0.1:8090")) == gate_verdict::closed);
  CHECK(way.check(from("10.0.0.1:8090", "Bearer ")) == gate_verdict::closed);
  CHECK(gate{}.check(from("127.0.0.1")) == gate_verdict::closed);
}

TEST_CASE("with a token the gate is open to those who show it") {
  const auto way = gate{open_port, token};
  CHECK(way.check(from("10.0.0.1:8090", "Bearer " + token)) == gate_verdict::open);
  CHECK(way.check(from("10.0.0.1:8090")) == gate_verdict::token_needed);
  CHECK(way.check(from("127.0.0.1:8090")) == gate_verdict::token_needed);
  CHECK(way.check(from("10.0.0.1:8090", "Bearer " + token + "0")) == gate_verdict::token_needed);
  CHECK(way.check(from("10.0.0.1:8090", token)) == gate_verdict::token_needed);
}

TEST_CASE("behind a proxy on loopback the token opens too") {
  const auto way = gate{loopback_port, token};
  CHECK(way.check(from("cleartap.example")) == gate_verdict::token_needed);
  CHECK(way.check(from("cleartap.example", "Bearer " + token)) == gate_verdict::open);
  CHECK(way.check(from("localhost")) == gate_verdict::open);
}
