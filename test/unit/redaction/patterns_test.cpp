#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using sample::text;

TEST_CASE("card numbers of every issuer are masked") {
  for (auto card : {"4111111111111111", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005",
                    "6011111111111117", "30569309025904", "3530111333300000", "6200000000000005", "2200123456789019",
                    "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005", "6759649826438453"})
    CHECK(text("paid with " + std::string{card} + ", thanks") == "paid with [REDACTED:card], thanks");
}

TEST_CASE("a card number is found beside other digits and letters") {
  CHECK(text("12 4111 1111 1111 1111 123") == "12 [REDACTED:card] 123");
  CHECK(text("Visa4111111111111111exp") == "Visa[REDACTED:card]exp");
  CHECK(text("%B4111111111111111^DOE") == "%B[REDACTED:card]^DOE");
  CHECK(text("a%3D4111111111111111") == "a%3D[REDACTED:card]");
}

TEST_CASE("numbers that are no cards stay") {
  for (auto number :
       {"4111111111111112", "1700000000000", "0000000000000000", "41111111111111111111", "4111.1111",
        "0.4111111111111111", "4111111111111111.25", "abc4111111111111111def", "4 1 1 1 1 1 1 1 1 1 1 1 1",
        "2024-01-01 10-11", "550e8400-e29b-41d4-a716-446655440000", "9111111111111111"})
    CHECK(text(number) == number);
}

TEST_CASE("social security numbers that can be issued are masked") {
  CHECK(text("123-45-6789") == "[REDACTED:ssn]");
  CHECK(text("id 123-45-6789.") == "id [REDACTED:ssn].");
  for (auto number : {"000-45-6789", "666-45-6789", "900-45-6789", "123-00-6789", "123-45-0000", "123-45-67890",
                      "1123-45-6789", "12-123-45-6789", "123-456-789"})
    CHECK(text(number) == number);
}

TEST_CASE("tokens are masked with their signature") {
  CHECK(text("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl y") == "x [REDACTED:jwt] y");
  CHECK(text("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.") == "[REDACTED:jwt]");
  CHECK(text("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0") == "[REDACTED:jwt]");
  CHECK(text("eyJhIjoxfQ.a.b.c.d!") == "[REDACTED:jwt]!");
  CHECK(text("heyJude. Joe") == "heyJude. Joe");
}

TEST_CASE("private keys are masked, certificates stay") {
  CHECK(text("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb") == "a\n[REDACTED:pem]\nb");
  CHECK(text("-----BEGIN PRIVATE KEY-----\nMII") == "[REDACTED:pem]");
  CHECK(text("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----") ==
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----");
}

TEST_CASE("what a cut text ends with is masked if it may be the beginning of a secret") {
  CHECK(sample::redacted("text/plain", "paid 4111 11", true) == "paid [REDACTED:card]");
  CHECK(sample::redacted("text/plain", "ssn is 123-4", true) == "ssn is [REDACTED:card]");
  CHECK(sample::redacted("text/plain", "go eyJhbG", true) == "go [REDACTED:jwt]");
  CHECK(sample::redacted("application/json", R"({"n":41111111)", true) == R"({"n":"[REDACTED:card]")");
  CHECK(sample::redacted("text/plain", "paid 4111 11", false) == "paid 4111 11");
}
