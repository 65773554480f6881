#include "actors/link/resolve.hpp"

#include "actors/link/tls_peer.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> addresses_of(const std::string& host, std::uint16_t port) {
  auto found = resolve({host, port}, 3s);
  if (!found)
    return {found.error().text};
  auto all = std::vector<std::string>{};
  std::ranges::transform(*found, std::back_inserter(all), [](const auto& each) { return to_string(each.bytes); });
  return all;
}

} // namespace

TEST_CASE("localhost is this machine, without a name server") {
  auto all = addresses_of("localhost", 9443);
  REQUIRE_FALSE(all.empty());
  for (const auto& each : all)
    CHECK((each == "127.0.0.1:9443" || each == "[::1]:9443"));
}

TEST_CASE("an address is its own") {
  CHECK(addresses_of("127.0.0.1", 1) == std::vector<std::string>{"127.0.0.1:1"});
  CHECK(addresses_of("::1", 65535) == std::vector<std::string>{"[::1]:65535"});
}

TEST_CASE("a host that nobody knows is told, within the time") {
  auto begin = std::chrono::steady_clock::now();
  auto found = resolve({"nobody.invalid", 1}, 500ms);
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  REQUIRE_FALSE(found);
  CHECK(found.error().text.starts_with("cannot look up nobody.invalid: "));
}

TEST_CASE("without time there is no answer from a name server") {
  auto found = resolve({"nobody.invalid", 1}, 0ms);
  REQUIRE_FALSE(found);
  CHECK(found.error().text.starts_with("cannot look up nobody.invalid: "));
}
