#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using sample::text;

TEST_CASE("card numbers of every issuer are masked") {
  for (auto card : {"4111111111111111", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005",
                    "6011111111111117", "30569309025904", "3530111333300000", "6200000000000005", "2200123456789019",
                    "4111 1111 1111 1111", "501800000009", "6759 6498 2648", "6304-1000-0008", "4111-1111-1111-1111",
                    "3782 822463 10005", "6759649826438453"})
    CHECK(text("paid with " + std::string{card} + ", thanks") == "paid with [REDACTED:card], thanks");
}

TEST_CASE("card numbers are masked with any blanks and dashes, and in the groups of a card with other signs") {
  for (auto card : {"4111\u00a01111\u00a01111\u00a01111", "4111\u202f1111\u202f1111\u202f1111",
                    "4111\u20111111\u20111111\u20111111", "4111\u20131111\u20131111\u20131111", "4111.1111.1111.1111",
                    "4111_1111_1111_1111", "4111/1111/1111/1111", "4111+1111+1111+1111", "3782.822463.10005"})
    CHECK(text("paid with " + std::string{card} + ", thanks") == "paid with [REDACTED:card], thanks");
  for (auto number : {"41.11.11.11.11.11.11.11", "411.111.111.111.111.1", "4111.11111111.1111", "4111/11111111/1111"})
    CHECK(text(number) == number);
  CHECK(sample::json(R"({"n":4111111111111111.0})") == R"({"n":"[REDACTED:card]"})");
  CHECK(text("4111111111111111.00 or 4111111111111111.05") == "[REDACTED:card].00 or 4111111111111111.05");
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

TEST_CASE("a social security number without dashes is masked where the text names it") {
  for (auto number : {"123 45 6789", "123456789", "123\u00a045\u00a06789"}) {
    CHECK(text("his SSN " + std::string{number} + " is") == "his SSN [REDACTED:ssn] is");
    CHECK(text("social security number " + std::string{number}) == "social security number [REDACTED:ssn]");
    CHECK(text("the numbers " + std::string{number}) == "the numbers " + std::string{number});
  }
  CHECK(text("it is 123\u201145\u20116789") == "it is [REDACTED:ssn]");
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

TEST_CASE("a number under a name that numbers things stays, in every carrier") {
  for (auto name : {"order_id", "orderId", "order", "orderNumber", "invoice_no", "invoiceNumber", "tracking_number",
                    "trackingNumber", "id", "parcel-id", "transaction.id", "order_ref", "tracking"})
    for (auto number : {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "ORD-5555555555554444",
                        "501800000009", "378282246310005"}) {
      const auto key = std::string{name};
      const auto value = std::string{number};
      const auto stays = [](std::string_view type, const std::string& body) {
        CAPTURE(body);
        CHECK(sample::redacted(type, body) == body);
        CHECK(sample::redacted(type, body, true) == body);
      };
      stays("application/json", "{\"" + key + "\":\"" + value + "\",\"z\":1}");
      stays("application/json", "{\"" + key + "\":[\"" + value + "\"]}");
      stays("application/json", "{\"a\":\"{\\\"" + key + "\\\":\\\"" + value + "\\\"}\"}");
      stays("application/x-www-form-urlencoded", "a=1&" + key + "=" + value + "&z=1");
      stays("application/xml", "<r><" + key + ">" + value + "</" + key + "></r>");
      stays("application/xml", "<r " + key + "=\"" + value + "\"/>");
      stays("text/plain", "a: 1\n" + key + ": " + value + "\nz: 1");
      stays("text/plain", "seen " + key + "=" + value + ", then more");
      stays("multipart/form-data; boundary=b7",
            "--b7\r\nContent-Disposition: form-data; name=\"" + key + "\"\r\n\r\n" + value + "\r\n--b7--\r\n");
      CHECK(sample::header(key, value) == value);
      CHECK(sample::query("a=1&" + key + "=" + value) == "a=1&" + key + "=" + value);
    }
  CHECK(sample::json(R"({"order_id":4111111111111111,"x":[4111111111111111]})") ==
        R"({"order_id":4111111111111111,"x":["[REDACTED:card]"]})");
  for (auto benign :
       {"order number: 4111111111111111\n", "Order 4111111111111111 is sent", "order no. 4111111111111111",
        "invoice #4111-1111-1111-1111", "see https://h/orders/4111111111111111", "id: 4111111111111111"})
    CHECK(text(benign) == benign);
}

TEST_CASE("a name keeps its own number only") {
  CHECK(sample::json(R"({"order":{"n":"4111111111111111"}})") == R"({"order":{"n":"[REDACTED:card]"}})");
  CHECK(sample::json(R"({"id":"paid with 4111111111111111"})") == R"({"id":"paid with [REDACTED:card]"})");
  CHECK(sample::json(R"([{"id":1},"4111111111111111"])") == R"([{"id":1},"[REDACTED:card]"])");
  CHECK(text("id=7 card 4111111111111111") == "id=7 card [REDACTED:card]");
  CHECK(text("<id>7</id><n>4111111111111111</n>") == "<id>7</id><n>[REDACTED:card]</n>");
  for (auto name : {"card_id", "payment_id", "cc_order", "paid", "holiday", "width", "valid"})
    CHECK(sample::query(std::string{name} + "=4111111111111111").ends_with("[REDACTED:card]"));
  CHECK(sample::json(R"({"id":"123-45-6789"})") == R"({"id":"[REDACTED:ssn]"})");
}

TEST_CASE("what only looks like a secret stays") {
  for (auto value : {"550e8400-e29b-41d4-a716-446655440000",
                     "2026-11-23T08:25:11.123456Z",
                     "1700000000",
                     "1700000000000",
                     "1700000000000000",
                     "1700000000000000000",
                     "12.50",
                     "1,299.99",
                     "EUR 4111.11",
                     "5551234567",
                     "15551234567",
                     "d670460b4b4aece5915caf5c68d12f560a9fe3e4",
                     "9f86d081884c7d659a2feaa0c55ad015",
                     "10.0.0.1:8080",
                     "2026-11-23",
                     "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     "978-3-16-148410-0",
                     "1Z999AA10123456784",
                     "555-0123",
                     "v1.2.3-rc.4+build.20261123",
                     "00:1b:44:11:3a:b7",
                     "DE89 3704 0044"}) {
    CHECK(text("x " + std::string{value} + " y") == "x " + std::string{value} + " y");
    CHECK(sample::json("{\"v\":\"" + std::string{value} + "\"}") == "{\"v\":\"" + std::string{value} + "\"}");
    CHECK(sample::query("v=" + std::string{value}) == "v=" + std::string{value});
  }
}
