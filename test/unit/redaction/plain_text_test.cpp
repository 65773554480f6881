#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using sample::text;

TEST_CASE("values behind '=' and ':' are masked") {
  CHECK(text("login user=bob password=x!,y z=1") == "login user=bob password=[REDACTED:password] z=1");
  CHECK(text("password = correct horse\nuser = bob") == "password = [REDACTED:password]\nuser = bob");
  CHECK(text("note: a\npassword: correct horse\r\nb") == "note: a\npassword: [REDACTED:password]\r\nb");
  CHECK(text("x password='a b' y") == "x password='[REDACTED:password]' y");
  CHECK(text(R"(x "password" => "a\"b", 1)") == R"(x "password" => "[REDACTED:password]", 1)");
  CHECK(text(R"(log {\"password\":\"x\"} y)") == R"(log {\"password\":\"[REDACTED:password]\"} y)");
  CHECK(text("API key: abc") == "API key: [REDACTED:apikey]");
  for (auto name :
       {"session id", "Secret key", "password confirmation", "PIN code", "token 2", "access key", "api key"})
    CHECK(text(std::string{name} + ": abc1234\n").find("abc1234") == std::string::npos);
  CHECK(text("token expires: never\n") == "token expires: never\n");
  CHECK(text("Authorization: Bearer abc\n") == "Authorization: [REDACTED:authorization]\n");
}

TEST_CASE("YAML values on the lines below are masked") {
  CHECK(text("a: 1\npassword: |\n  x\n\n  y\nb: 2") == "a: 1\npassword: |\n  [REDACTED:password]\nb: 2");
  CHECK(text("tokens:\n  - x\n  - y\nb: 2") == "tokens:\n  [REDACTED:token]\nb: 2");
  CHECK(text("tokens: [x, y]\nb: 2") == "tokens: [REDACTED:token]\nb: 2");
}

TEST_CASE("elements and attributes are masked") {
  CHECK(text("<u><password>a&amp;b</password><n>c</n></u>") ==
        "<u><password>[REDACTED:password]</password><n>c</n></u>");
  CHECK(text("<s:Password t='1'>\n x\n</s:Password>") == "<s:Password t='1'>\n [REDACTED:password]\n</s:Password>");
  CHECK(text("<a><![CDATA[password=x]]></a><!-- pin: 1 --><b/>") ==
        "<a><![CDATA[password=[REDACTED:password]]]></a><!-- pin: [REDACTED:password] --><b/>");
  CHECK(text("<password><v>x</v></password>") == "<password>[REDACTED:password]</password>");
  CHECK(text("<user password=\"x y\" n=\"z\"/>") == "<user password=\"[REDACTED:password]\" n=\"z\"/>");
  CHECK(text("<input value=\"x\" name=\"password\"> y") == "<input value=\"[REDACTED:password]\" name=\"password\"> y");
  CHECK(text("<property name=\"password\">x</property>") ==
        "<property name=\"password\">[REDACTED:password]</property>");
  CHECK(text("<key>password</key><string>x</string><n>y</n>") ==
        "<key>password</key><string>[REDACTED:password]</string><n>y</n>");
}

TEST_CASE("user information in URLs is masked") {
  CHECK(text("postgres://u:p@h:5432/d") == "postgres://[REDACTED:url]@h:5432/d");
  CHECK(text(R"(https:\/\/u:p@h)") == R"(https:\/\/[REDACTED:url]@h)");
  CHECK(text("postgres://u:p/w@h/d") == "postgres://[REDACTED:url]@h/d");
  CHECK(text("http://auth:8080/a@b") == "http://auth:8080/a@b");
}

TEST_CASE("binary bodies are removed from the first secret on") {
  const auto cbor = std::string{"\x00\xa1hpasswordghunter2", 18};
  CHECK(sample::redacted("application/cbor", cbor) == std::string{"\x00\xa1", 2});
  const auto words = std::string{"\x01"
                                 "a\0b\0pin\0"
                                 "1234",
                                 13};
  CHECK(sample::redacted("application/octet-stream", words) == words.substr(0, 5));
  const auto image = std::string{"\x89PNG\x00pin\x00\x01", 10};
  CHECK(sample::redacted("image/png", image) == image); // so short a key occurs by chance
  CHECK(sample::redacted("application/cbor", image) == image.substr(0, 5));
}

TEST_CASE("text under a binary content type is masked as text") {
  CHECK(sample::redacted("application/octet-stream", "caf\u00e9 password=x y") ==
        "caf\u00e9 password=[REDACTED:password] y");
  CHECK(sample::redacted("application/octet-stream", "a\xa8password\xa1x") == "a\xa8");
}

TEST_CASE("UTF-16 is masked in UTF-16") {
  const auto wide = [](std::string_view text, bool big, bool mark) {
    auto out = std::string{};
    if (mark)
      out = big ? "\xfe\xff" : "\xff\xfe";
    for (auto c : text)
      (out += big ? '\0' : c) += big ? c : '\0';
    return out;
  };
  for (auto big : {false, true})
    for (auto mark : {false, true}) {
      CHECK(sample::redacted("application/json", wide(R"({"pin":1,"n":2})", big, mark)) ==
            wide(R"({"pin":"[REDACTED:password]","n":2})", big, mark));
      CHECK(sample::redacted("text/plain", wide("password=x\nn=1", big, mark)) ==
            wide("password=[REDACTED:password]\nn=1", big, mark));
      CHECK(sample::redacted("text/plain", wide("n=1", big, mark)) == wide("n=1", big, mark));
    }
}

TEST_CASE("text without secrets stays") {
  for (auto benign :
       {"Hello, world: it is 12:30.", "a=b&c=d", "<a href=\"https://x.org/?page=2\">x</a>", "max_tokens=5 author: Bob",
        "if (a < b && c == d) {}", "::::====<<<<", "", "\xff\xfe", "user@host", "git clone https://x.org/a.git"})
    CHECK(text(benign) == benign);
}

TEST_CASE("tags that overlap too often cost the rest of the text, not time") {
  auto overlapping = std::string{};
  for (auto i = 0; i < 4'000; ++i)
    overlapping += "<a b=";
  auto what = sample::with_body("text/html", "a < b <i>c</i> " + overlapping);
  auto stats = redaction_stats{};
  redact(what, sample::policy(), stats);
  CHECK(stats.removed_for(removal::work) == 1);
  CHECK(what.request->body.bytes.starts_with("a < b <i>c</i> <a b="));
  CHECK(what.request->body.truncated);
  CHECK(text("<a b='<c d=\"<e f>\">'><g> <h") == "<a b='<c d=\"<e f>\">'><g> <h");
}

TEST_CASE("a program that compares is no markup") {
  auto program = std::string{};
  for (auto i = 0; i < 4'000; ++i)
    program += "for(;i<list.length;++i)t<e?f(a<b&&c):n<r.x(1);";
  for (auto type : {"text/javascript", "text/html", "text/plain"})
    CHECK(sample::redacted(type, program) == program);
  CHECK(sample::redacted("text/javascript", "x='<pin>1</pin><input\\n name=\"pin\" value=\"q\">'") ==
        "x='<pin>[REDACTED:password]</pin><input\\n name=\"pin\" value=\"[REDACTED:password]\">'");
}

TEST_CASE("a line is read only as far as the value goes") {
  CHECK(text("password: |\n  hunter22\n") == "password: |\n  [REDACTED:password]\n");
  CHECK(text("password: >-  \r\n  hunter22\n") == "password: >-  \r\n  [REDACTED:password]\n");
  CHECK(text("password: | hunter22") == "password: [REDACTED:password]");
  CHECK(text("password:\t\n") == "password:\t\n");
}
