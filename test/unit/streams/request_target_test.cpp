#include "actors/streams/request_target.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

TEST_CASE("the origin form is a path and perhaps a query") {
  auto split = split_target("GET", "/a%2Fb?x=http://h/?y");
  CHECK(split.path == "/a%2Fb");
  CHECK(split.query == "x=http://h/?y");
  CHECK(split.host.empty());
  CHECK_FALSE(split_target("GET", "/a").query);
  CHECK(split_target("GET", "/a?").query == "");
  CHECK(split_target("GET", "//a//b").path == "//a//b");
}

TEST_CASE("the absolute form has a scheme and a host") {
  auto split = split_target("GET", "http://h.example:8080/a?b");
  CHECK(split.scheme == "http");
  CHECK(split.host == "h.example:8080");
  CHECK(split.path == "/a");
  CHECK(split.query == "b");
}

TEST_CASE("the absolute form may have no path") {
  CHECK(split_target("GET", "http://[::1]").host == "[::1]");
  CHECK(split_target("GET", "http://h").path == "/");
  CHECK(split_target("GET", "http://h?q").path == "/");
  CHECK(split_target("GET", "http://h?q").query == "q");
}

TEST_CASE("a user and a password are no part of the host") {
  CHECK(split_target("GET", "http://user:p@ss@h/").host == "h");
  CHECK(split_target("CONNECT", "user:pass@h:443").host == "h:443");
}

TEST_CASE("the authority form is a host alone") {
  auto split = split_target("CONNECT", "[2001:db8::1]:443");
  CHECK(split.host == "[2001:db8::1]:443");
  CHECK(split.path.empty());
}

TEST_CASE("the asterisk form is a path") { CHECK(split_target("OPTIONS", "*").path == "*"); }

TEST_CASE("what is no form at all is a path") {
  CHECK(split_target("GET", "abc").path == "abc");
  CHECK(split_target("GET", "").path == "/");
  CHECK(split_target("GET", "://").path == "/");
}
