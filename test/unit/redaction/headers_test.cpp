#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using sample::header;

TEST_CASE("credentials are masked, a known scheme stays") {
  CHECK(header("Authorization", "Bearer abc") == "Bearer [REDACTED:authorization]");
  CHECK(header("AUTHORIZATION", "basic dTpw") == "basic [REDACTED:authorization]");
  CHECK(header("Proxy-Authorization", "abc def") == "[REDACTED:authorization]");
  CHECK(header("authorization", "abc") == "[REDACTED:authorization]");
  CHECK(header("authorization", "Bearer") == "[REDACTED:authorization]");
}

TEST_CASE("cookies keep names and attributes if they are well-formed") {
  CHECK(header("Cookie", "a=1; theme=dark") == "a=[REDACTED:session]; theme=[REDACTED:session]");
  CHECK(header("Cookie", "a=1; \x01=2") == "[REDACTED:session]");
  CHECK(header("Cookie", "abc") == "[REDACTED:session]");
  CHECK(header("Set-Cookie", "a=x=y; Path=/; HttpOnly; Max-Age=3") ==
        "a=[REDACTED:session]; Path=/; HttpOnly; Max-Age=3");
  CHECK(header("set-cookie", "a=\"x;y\"; Path=/") == "[REDACTED:session]");
}

TEST_CASE("headers with a sensitive name lose their value") {
  CHECK(header("X-API-Key", "abc") == "[REDACTED:apikey]");
  CHECK(header("x-auth-token", "abc") == "[REDACTED:token]");
  CHECK(header("X-Amz-Security-Token", "abc") == "[REDACTED:token]");
  CHECK(header("X-Vault-Token", "abc") == "[REDACTED:token]");
}

TEST_CASE("URLs in headers lose user information and sensitive values") {
  CHECK(header("Location", "https://u:p@h/cb?a=1&access_token=x&b=2#id_token=y") ==
        "https://[REDACTED:url]@h/cb?a=1&access_token=[REDACTED:token]&b=2#id_token=[REDACTED:token]");
  CHECK(header("Host", "u:p@h:8080") == "[REDACTED:url]@h:8080");
  CHECK(header("Referer", "/cb?pass%77ord=x") == "/cb?pass%77ord=[REDACTED:password]");
  CHECK(header("Link", "<https://h/?page=2&token=x>; rel=\"next\"") ==
        "<https://h/?page=2&token=[REDACTED:token]>; rel=\"next\"");
}

TEST_CASE("header values are masked as what they hold") {
  CHECK(header("X-Data", R"({"pin":1,"n":2})") == R"({"pin":"[REDACTED:password]","n":2})");
  CHECK(header("X-Data", "MTIzLTQ1LTY3ODk=") == "[REDACTED:ssn]");
  CHECK(header("X-Note", "%34111111111111111") == "[REDACTED:card]");
  CHECK(header("grpc-message", "bad token%3A x") == "bad token%3A [REDACTED:token]");
  CHECK(header("Referer", "https://h/?next=%2Fcb%3Ftoken%3Dx%26a%3D1&b=2") ==
        "https://h/?next=%2Fcb%3Ftoken%3D[REDACTED:token]%26a%3D1&b=2");
  CHECK(header("Location", "https://h/?Expires=1&Signature=abc&Key-Pair-Id=d") ==
        "https://h/?Expires=1&Signature=[REDACTED:secret]&Key-Pair-Id=d");
}

TEST_CASE("other headers stay") {
  CHECK(header("Content-Range", "bytes 0-1023/4111111111111111") == "bytes 0-1023/4111111111111111");
  CHECK(header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") == "dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(header("Host", "auth:8080") == "auth:8080");
  CHECK(header("Access-Control-Allow-Credentials", "true") == "true");
  CHECK(header("Access-Control-Allow-Headers", "Authorization, Cookie") == "Authorization, Cookie");
  CHECK(header("Cache-Control", "max-age=0, private") == "max-age=0, private");
  CHECK(header("Date", "Mon, 23 Nov 2026 08:25:11 GMT") == "Mon, 23 Nov 2026 08:25:11 GMT");
}

TEST_CASE("what a peer puts into names, method and scheme is searched, too") {
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.method = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
  request.scheme = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
  request.headers = {{"X-4111111111111111", "a"}, {"Token-4111111111111111", "abc"}, {"X-B3-TraceId-1234", "7"}};
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(request.method == "[REDACTED:provider]");
  CHECK(request.scheme == "[REDACTED:provider]");
  CHECK(request.headers[0] == http_header{"X-[REDACTED:card]", "a"});
  CHECK(request.headers[1].first == "Token-[REDACTED:card]");
  CHECK(request.headers[1].second == "[REDACTED:token]");
  CHECK(request.headers[2] == http_header{"X-B3-TraceId-1234", "7"});
}
