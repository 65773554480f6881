#include "actors/enrichment/exclusion.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

TEST_CASE("an executable is matched whole, and * and ? match slashes too") {
  const auto list = exclusion{{"/usr/bin/curl", "/opt/*/agent", "*/java", "/srv/v?/x", "/a/[bc]", "/lit\\*"}};
  CHECK(list.match("/usr/bin/curl"));
  CHECK_FALSE(list.match("/usr/bin/curl2"));
  CHECK_FALSE(list.match("/chroot/usr/bin/curl"));
  CHECK(list.match("/opt/a/b/agent"));
  CHECK(list.match("/usr/lib/jvm/bin/java"));
  CHECK(list.match("/usr/bin/curl (deleted)")); // replaced while it runs
  CHECK((list.match("/srv/v1/x") && list.match("/srv/v//x") && !list.match("/srv/v12/x")));
  CHECK((list.match("/a/b") && !list.match("/a/d")));
  CHECK((list.match("/lit*") && !list.match("/literal")));
  CHECK(*list.match("/opt/x/agent") == "/opt/*/agent");
}

TEST_CASE("nothing is excluded by an empty list, nor an executable that is not known") {
  CHECK_FALSE(exclusion{}.match("/usr/bin/curl"));
  CHECK_FALSE(exclusion{{"*"}}.match(""));
  CHECK(exclusion{{"*"}}.match("/x"));
  CHECK((exclusion{}.empty() && !exclusion{{"*"}}.empty()));
}
