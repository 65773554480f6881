#include "config/host_name.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace cleartap;

TEST_CASE("names and addresses of hosts are told from other text") {
  for (auto text : {"host", "a.b-c.d_e", "10.0.0.1", "::1", "fe80::1:2", "1.2.3", "A.Example"})
    CHECK(is_host_name(text));
  for (auto text : {"", ".", "a.", ".a", "a..b", "-a", "a-", "*.a", "a b", "a/b", "[::1]", "host:1", "\xC3\xA4"})
    CHECK(!is_host_name(text));
  CHECK(is_dns_name(std::string(63, 'a')));
  CHECK(!is_dns_name(std::string(64, 'a')));
  CHECK(!is_host_name(std::string_view{"10.0.0.1\0x", 10}));
}
