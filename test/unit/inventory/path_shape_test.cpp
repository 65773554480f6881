#include "actors/inventory/path_shape.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;

namespace {

std::string repeated(std::string_view text, int times) {
  auto out = std::string{};
  for (auto i = 0; i < times; ++i)
    out += text;
  return out;
}

} // namespace

TEST_CASE("numbers and identifiers become placeholders") {
  CHECK(path_shape("/users/42") == "/users/{int}");
  CHECK(path_shape("/users/-7/orders") == "/users/{int}/orders");
  CHECK(path_shape("/users/42/orders/3f2b0c1e-9a7d-4c55-8b1a-0123456789AB") == "/users/{int}/orders/{uuid}");
  CHECK(path_shape("/o/507f1f77bcf86cd799439011") == "/o/{hex}");
  CHECK(path_shape("/o/d41d8cd98f00b204e9800998ecf8427e") == "/o/{hex}");
  CHECK(path_shape("/o/DA39A3EE5E6B4B0D3255BFEF95601890AFD80709") == "/o/{hex}");
  CHECK(path_shape("/o/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == "/o/{hex}");
  CHECK(path_shape("/99999999999999999999999999999999999999") == "/{int}");
}

TEST_CASE("what only resembles an identifier stays") {
  CHECK(path_shape("/v1/users") == "/v1/users");
  CHECK(path_shape("/-") == "/-");
  CHECK(path_shape("/1.5/1e3/0x10") == "/1.5/1e3/0x10");
  CHECK(path_shape("/abcdefabcdefabcdefabcdef") == "/abcdefabcdefabcdefabcdef"); // no decimal digit
  CHECK(path_shape("/507f1f77bcf86cd79943901") == "/507f1f77bcf86cd79943901");   // 23 digits
  CHECK(path_shape("/3f2b0c1e-9a7d-4c55-8b1a-0123456789A") == "/3f2b0c1e-9a7d-4c55-8b1a-0123456789A");
  CHECK(path_shape("/3f2b0c1e-9a7d-4c55-8b1ag0123456789AB") == "/3f2b0c1e-9a7d-4c55-8b1ag0123456789AB");
}

TEST_CASE("empty, asterisk and odd paths keep their structure") {
  CHECK(path_shape("") == "/");
  CHECK(path_shape("/") == "/");
  CHECK(path_shape("*") == "*");
  CHECK(path_shape("/*") == "/*");
  CHECK(path_shape("users/1") == "/users/{int}");
  CHECK(path_shape("//a//1/") == "//a//{int}/");
}

TEST_CASE("percent-encoding is normalised before segments are judged") {
  CHECK(path_shape("/users/%34%32") == "/users/{int}");
  CHECK(path_shape("/%61b%2fc") == "/ab%2Fc");
  CHECK(path_shape("/100%") == "/100%25");
  CHECK(path_shape("/%zz%1") == "/%25zz%251");
  CHECK(path_shape("/caf\xc3\xa9") == "/caf%C3%A9");
  CHECK(path_shape("/caf%c3%a9") == "/caf%C3%A9");
  CHECK(path_shape("/\xff\xfe") == "/%FF%FE");
  CHECK(path_shape(std::string_view{"/a\0b\n", 5}) == "/a%00b%0A");
  CHECK(path_shape("/a?b#c<d>") == "/a%3Fb%23c%3Cd%3E");
}

TEST_CASE("braces in a path are no placeholder") {
  CHECK(path_shape("/{int}") == "/%7Bint%7D");
  CHECK(path_shape("/%7Bint%7D") == "/%7Bint%7D");
  CHECK(path_shape("/{rest}/{") == "/%7Brest%7D/%7B");
}

TEST_CASE("a redacted segment is a placeholder") {
  CHECK(path_shape("/reset/[REDACTED:token]") == "/reset/{redacted}");
  CHECK(path_shape("/reset/%5BREDACTED:token%5D/x") == "/reset/{redacted}/x");
  CHECK(path_shape("/u/id-[REDACTED:ssn]") == "/u/{redacted}");
}

TEST_CASE("a path of too many segments is folded") {
  CHECK(path_shape(repeated("/a", 64)) == repeated("/a", 64));
  CHECK(path_shape(repeated("/a", 65)) == repeated("/a", 64) + "/{rest}");
  CHECK(path_shape(repeated("/1", 5000)) == repeated("/{int}", 64) + "/{rest}");
}

TEST_CASE("a path of too many bytes is folded") {
  CHECK(path_shape("/a/" + repeated("b", 2045)) == "/a/" + repeated("b", 2045));
  CHECK(path_shape("/a/" + repeated("b", 2046)) == "/a/{rest}");
  CHECK(path_shape("/a/" + repeated("\xff", 1000) + "/c") == "/a/{rest}");
  CHECK(path_shape("/" + repeated("1", 1 << 20)) == "/{rest}");
}

TEST_CASE("every shape is recognised as one") {
  for (const auto& path : {std::string{""}, std::string{"*"}, std::string{"//a/1/"}, std::string{"/{int}"},
                           repeated("/a", 100), "/" + repeated("x", 5000), std::string{"/100%/caf\xc3\xa9"},
                           std::string{"/3f2b0c1e-9a7d-4c55-8b1a-0123456789AB/[REDACTED:jwt]"}})
    CHECK(is_path_shape(path_shape(path)));
}

TEST_CASE("what is no shape is refused") {
  for (const auto& text :
       {std::string{""}, std::string{"a"}, std::string{"**"}, std::string{"/42"}, std::string{"/{x}"},
        std::string{"/{int"}, std::string{"/a b"}, std::string{"/%61"}, std::string{"/%2f"}, std::string{"/{rest}/a"},
        repeated("/a", 65), "/" + repeated("x", 2048), std::string{"/a\0", 3}})
    CHECK_FALSE(is_path_shape(text));
}
