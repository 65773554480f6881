#include "actors/inventory/path_names.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap;

namespace {

std::string text(std::string_view shape) { return name_parameters(shape).text; }

} // namespace

TEST_CASE("a parameter is called after what stands before it") {
  CHECK(text("/users/{int}") == "/users/{userId}");
  CHECK(text("/users/{int}/orders/{uuid}") == "/users/{userId}/orders/{orderId}");
  CHECK(text("/user-profiles/{hex}") == "/user-profiles/{userProfileId}");
  CHECK(text("/Api_Keys/{hex}/x") == "/Api_Keys/{apiKeyId}/x");
  CHECK(text("/v1/{int}") == "/v1/{v1Id}");
  CHECK(text("/id/{int}") == "/id/{id}");
}

TEST_CASE("without a usable literal a parameter is called id") {
  CHECK(text("/{int}") == "/{id}");
  CHECK(text("/{int}/{uuid}") == "/{id}/{id2}");
  CHECK(text("/%C3%A9/{int}") == "/%C3%A9/{id}");
  CHECK(text("/2a/{int}") == "/2a/{id}");
}

TEST_CASE("equal names in one path are numbered") {
  CHECK(text("/orders/{int}/{int}/{uuid}") == "/orders/{orderId}/{orderId2}/{orderId3}");
  CHECK(text("/orders/{int}/x/orders/{int}") == "/orders/{orderId}/x/orders/{orderId2}");
}

TEST_CASE("a path without placeholders stays") {
  CHECK(text("/") == "/");
  CHECK(text("*") == "*");
  CHECK(text("//a//b/") == "//a//b/");
  CHECK(name_parameters("/a").parameters.empty());
}

TEST_CASE("names do not depend on the types of the placeholders") {
  CHECK(text("/a/{int}/{hex}") == text("/a/{uuid}/{rest}"));
  const auto path = name_parameters("/users/{uuid}/{redacted}");
  REQUIRE(path.parameters.size() == 2);
  CHECK(path.parameters[0].name == "userId");
  CHECK(path.parameters[0].type == segment_type::uuid);
  CHECK(path.parameters[1].name == "userId2");
  CHECK(path.parameters[1].type == segment_type::redacted);
}

TEST_CASE("plurals become singular") {
  CHECK(singular("users") == "user");
  CHECK(singular("categories") == "category");
  CHECK(singular("addresses") == "address");
  CHECK(singular("userAddresses") == "userAddress");
  CHECK(singular("branches") == "branch");
  CHECK(singular("boxes") == "box");
  CHECK(singular("sizes") == "size");
  CHECK(singular("houses") == "house");
  CHECK(singular("statuses") == "status");
  CHECK(singular("people") == "person");
}

TEST_CASE("what is no plural stays") {
  for (const auto* word : {"status", "address", "analysis", "series", "news", "dns", "os", "s", "", "userData"})
    CHECK(singular(word) == word);
}

TEST_CASE("a long literal lends its beginning") {
  const auto path = name_parameters("/" + std::string(1000, 'a') + "/{int}");
  REQUIRE(path.parameters.size() == 1);
  CHECK(path.parameters[0].name == std::string(64, 'a') + "Id");
}

TEST_CASE("an operation is called after its method and path") {
  CHECK(operation_id("GET", name_parameters("/users/{int}")) == "getUsersByUserId");
  CHECK(operation_id("POST", name_parameters("/v1/user-profiles")) == "postV1UserProfiles");
  CHECK(operation_id("GET", name_parameters("/")) == "get");
  CHECK(operation_id("OPTIONS", name_parameters("*")) == "options");
  CHECK(operation_id("GET", name_parameters("/" + std::string(60, 'a') + "/" + std::string(60, 'b') + "/" +
                                            std::string(60, 'c')))
            .size() == 128);
}
