#include "actors/coverage/client_hello.hpp"

#include "test/unit/coverage/hellos.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::hellos;

namespace {

std::optional<client_hello> parsed(const bytes& extensions) {
  return parse_client_hello(hello{.extensions = extensions}.record());
}

std::span<const std::uint8_t> first(const bytes& all, std::size_t size) { return std::span{all}.first(size); }

} // namespace

TEST_CASE("a ClientHello tells the server's name and the protocols") {
  auto read = parsed(key_share(36) + server_name("shop.example") + protocols({"h2", "http/1.1"}));
  REQUIRE(read);
  CHECK(read->server_name == "shop.example");
  CHECK(read->protocols == std::vector<std::string>{"h2", "http/1.1"});
  CHECK_FALSE(read->cut);
}

TEST_CASE("a ClientHello may have no name, no extension, and before TLS 1.2 no place for them") {
  CHECK(parsed(key_share(36))->server_name.empty());
  CHECK(parsed({})->server_name.empty());
  auto old = parse_client_hello(hello{.has_extensions = false}.record());
  REQUIRE(old);
  CHECK(old->server_name.empty());
}

TEST_CASE("a name in the first packet is read, although the hello goes on in the next") {
  auto whole = hello{.extensions = server_name("shop.example") + key_share(1700)}.record();
  auto read = parse_client_hello(first(whole, 1400));
  REQUIRE(read);
  CHECK(read->server_name == "shop.example");
  CHECK(read->cut);
}

TEST_CASE("a name in the next packet is not known, and that is told") {
  auto whole = hello{.extensions = key_share(1700) + server_name("shop.example")}.record();
  auto read = parse_client_hello(first(whole, 1400));
  REQUIRE(read);
  CHECK(read->server_name.empty());
  CHECK(read->cut);
}

TEST_CASE("a packet that ends anywhere in a hello gives what is before, or nothing") {
  auto whole = hello{.extensions = key_share(36) + server_name("shop.example") + protocols({"h2"})}.record();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    auto read = parse_client_hello(first(whole, size));
    if (!read)
      continue;
    CHECK(read->cut);
    CHECK((read->server_name.empty() || read->server_name == "shop.example"));
    CHECK((read->protocols.empty() || read->protocols == std::vector<std::string>{"h2"}));
  }
  CHECK(parse_client_hello(whole));
}

TEST_CASE("bytes after the hello do not matter") {
  auto whole = hello{.extensions = server_name("shop.example")}.record();
  CHECK(parse_client_hello(whole + bytes(100, 0xff))->server_name == "shop.example");
}

TEST_CASE("what is no ClientHello is refused") {
  auto whole = hello{.extensions = server_name("shop.example")}.record();
  auto changed = [&](std::size_t at, std::uint8_t to) {
    auto other = whole;
    other[at] = to;
    return other;
  };
  CHECK_FALSE(parse_client_hello({}));
  CHECK_FALSE(parse_client_hello(changed(0, 23)));   // application data
  CHECK_FALSE(parse_client_hello(changed(1, 2)));    // SSL 2
  CHECK_FALSE(parse_client_hello(changed(3, 0x7f))); // a record larger than there are
  CHECK_FALSE(parse_client_hello(changed(5, 2)));    // a ServerHello
  CHECK_FALSE(parse_client_hello(changed(9, 9)));    // another version
  CHECK_FALSE(parse_client_hello(hello{.session_id = bytes(33)}.record()));
  CHECK_FALSE(parse_client_hello(hello{.suites = bytes(3)}.record()));
  CHECK_FALSE(parse_client_hello(hello{.suites = {}}.record()));
  CHECK_FALSE(parse_client_hello(hello{.methods = {}}.record()));
}

TEST_CASE("a length that leads out of what it is in is refused") {
  CHECK_FALSE(parsed(number(0, 2) + number(200, 2) + bytes(10)));            // out of the extensions
  CHECK_FALSE(parsed(extension(0, number(50, 2) + bytes(5))));               // the list out of the extension
  CHECK_FALSE(parsed(extension(0, sized(2, number(0, 1) + number(50, 2))))); // the name out of the list
  CHECK_FALSE(parsed(extension(0, sized(2, number(0, 1) + sized(2, text("a"))) + bytes(1)))); // more than the list
  CHECK_FALSE(parsed(extension(16, sized(2, number(9, 1) + bytes(3))))); // a protocol out of the list
}

TEST_CASE("names that cannot be a host's are refused") {
  CHECK_FALSE(parsed(server_name("")));
  CHECK_FALSE(parsed(server_name("a\nb")));
  CHECK_FALSE(parsed(server_name("a b")));
  CHECK_FALSE(parsed(server_name(std::string(256, 'a'))));
  CHECK(parsed(server_name(std::string(255, 'a'))));
  CHECK(parsed(extension(0, sized(2, number(7, 1) + sized(2, text("x")))))->server_name.empty()); // of another type
}

TEST_CASE("protocols are limited, and those of no meaning left out") {
  CHECK(parsed(protocols(std::vector<std::string_view>(40, "h2")))->protocols.size() == 16);
  CHECK(parsed(protocols({"\x0a\x0a", "h2"}))->protocols == std::vector<std::string>{"h2"}); // RFC 8701
}
