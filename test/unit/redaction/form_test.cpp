#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using sample::query;

TEST_CASE("values under sensitive keys are masked in queries") {
  CHECK(query("a=1&password=x&b=2") == "a=1&password=[REDACTED:password]&b=2");
  CHECK(query("pass%77ord=x") == "pass%77ord=[REDACTED:password]");
  CHECK(query("user%5Bpassword%5D=x&user[pin]=1") ==
        "user%5Bpassword%5D=[REDACTED:password]&user[pin]=[REDACTED:password]");
  CHECK(query("a=1;password=x&b") == "a=1;password=[REDACTED:password]&b");
  CHECK(query("password=x;y=z&b=1") == "password=[REDACTED:password]&b=1");
  CHECK(query("password=&a") == "password=&a");
  CHECK(query("&&=&;=") == "&&=&;=");
}

TEST_CASE("what is secret in a value that is encoded is masked, the rest stays as it was written") {
  CHECK(query("payload=%7B%22password%22%3A%22x%22%7D&a=1") ==
        "payload=%7B%22password%22%3A%22[REDACTED:password]%22%7D&a=1");
  CHECK(query("next=https%3A%2F%2Fh%2F%3Ftoken%3Dx") == "next=https%3A%2F%2Fh%2F%3Ftoken%3D[REDACTED:token]");
  CHECK(query(R"(a={"password":"x&y;z","n":1}&b=2)") == R"(a={"password":"[REDACTED:password]","n":1}&b=2)");
  CHECK(query(R"(a={"n":"&b=2)") == R"(a={"n":"&b=2)");
  CHECK(query("n=4111+1111+1111+1111") == "n=[REDACTED:card]");
  CHECK(query("q=a%20b%3Dc+d&n=100%25") == "q=a%20b%3Dc+d&n=100%25");
}

TEST_CASE("matrix parameters and patterns are masked in paths") {
  auto what = exchange{};
  what.request.emplace().path = "/a;jsessionid=1;v=2/cards/4111111111111111/secrets:access";
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(what.request->path == "/a;jsessionid=[REDACTED:session];v=2/cards/[REDACTED:card]/secrets:access");
}

TEST_CASE("form bodies are masked") {
  CHECK(sample::redacted("application/x-www-form-urlencoded; charset=utf-8", "u=b&password=x y&b=2") ==
        "u=b&password=[REDACTED:password]&b=2");
}

TEST_CASE("what stands in the line of a delimiter is masked too") {
  CHECK(sample::redacted("text/plain", "--b7\r\nContent-Type: a\r\n\r\nabc\r\n--b7 password=hunter2\r\nx") ==
        "--b7\r\nContent-Type: a\r\n\r\nabc\r\n--b7 password=[REDACTED:password]\r\nx");
}

TEST_CASE("a first line that is taken for a delimiter is masked too") {
  CHECK(sample::redacted("text/plain", "--token=hunter2hunter2\nContent-Type: a\n\nabc") ==
        "--token=[REDACTED:token]\nContent-Type: a\n\nabc");
}

TEST_CASE("segments of paths are masked: encoded, behind the name of a secret, in URLs") {
  const auto path = [](std::string_view text) {
    auto what = exchange{};
    what.request.emplace().path = text;
    auto stats = redaction_stats{};
    redact(what, sample::policy(), stats);
    return what.request->path;
  };
  CHECK(path("/a/%34%31%31%31111111111111/b") == "/a/[REDACTED:card]/b");
  CHECK(path("/a;n=x%3Ahttps%3A%2F%2Fu%3Ap%40h/b") == "/a;n=x%3Ahttps%3A%2F%2F[REDACTED:url]%40h/b");
  CHECK(path("/proxy/https://u:p@h/b") == "/proxy/https://[REDACTED:url]@h/b");
  CHECK(path("/a/password=hunter2/b") == "/a/password=[REDACTED:password]/b");
  CHECK(path("/reset-password/9f86d081884c7d65/b") == "/reset-password/[REDACTED:password]/b");
  CHECK(path("/a/MTIzLTQ1LTY3ODk=/b") == "/a/[REDACTED:ssn]/b");
  for (auto benign :
       {"/v1/orders/4111111111111111", "/oauth2/token/introspect", "/tokens/550e8400-e29b-41d4-a716-446655440000",
        "/auth/realms/master/protocol/openid-connect", "/session/current", "/a%20b/c%2Fd", "/a@b/c:d"})
    CHECK(path(benign) == benign);
}

TEST_CASE("tables are masked by the names of their columns") {
  CHECK(sample::redacted("text/csv", "name,password,n\nann,\"x, \"\"y\",1\nbob,z,2") ==
        "name,password,n\nann,\"[REDACTED:password]\",1\nbob,[REDACTED:password],2");
  CHECK(sample::redacted("text/tab-separated-values", "id\tpin\n4111111111111111\t1\n") ==
        "id\tpin\n4111111111111111\t[REDACTED:password]\n");
  CHECK(sample::redacted("text/csv", "a,b\n\"{\"\"pin\"\":1}\",2\n") ==
        "a,b\n\"{\"\"pin\"\":\"\"[REDACTED:password]\"\"}\",2\n");
  CHECK(sample::redacted("text/csv", "1,2\npassword=x,4111111111111111") == "1,2\npassword=[REDACTED:password]");
  for (auto benign : {"a,b\n1,2\n", "", "a", "a,b\n\n,,,\n\"x", "\n\n"})
    CHECK(sample::redacted("text/csv", benign) == benign);
}
