// What is found must not depend on where in the text it is: texts are searched in blocks.
#include "test/unit/redaction/carriers.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>

using namespace cleartap;
using sample::redacted;

namespace {

constexpr auto shifts = std::size_t{140}; // more than two blocks

constexpr auto documents = std::to_array<sample::carrier>({
    {"application/json",
     R"({"user":"joe","password":"hunter22","n":[1,"4111 1111 1111 1111"],"name":"otp","value":"abc"})", ""},
    {"application/json",
     R"({"a":"x \"219-09-9999\" y","b":"{\"token\":\"hunter22\"}","c":"2026-11-23T08:25:11.5Z","d":7})", ""},
    {"application/json", R"({"u":"https://joe:hunter22@shop.test/a","v":"https://shop.test/items/1234","w":'k=v'})",
     ""},
    {"text/plain",
     "at 10:30 password=hunter22 and 4111111111111111, <b name=\"otp\" value=\"77\"> https://a:b@c/ 219-09-9999", ""},
    {"text/plain",
     "x-eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln --- -----BEGIN PRIVATE KEY-----\nabc",
     ""},
    {"application/json",
     R"({"a":[["password","hunter2"],["city","Rome"]],"rawHeaders":["Host","a","Authorization","Basic hunter22"]})",
     ""},
    {"application/json", R"({"value":"hunter22","name":"password","a":{"key":"otp","val":"7"},"k":"city","v":"x"})",
     ""},
    {"application/json", R"({"password":{"type":"string","minLength":8},"b":"token%3Dhunter22","c":"a&#61;b"})", ""},
    {"text/plain", "mysql -u root --password hunter22 and curl -u \"ann:hunter22\" -H x; IDENTIFIED BY 'hunter22'", ""},
    {"text/plain",
     "INSERT INTO u (id, password) VALUES (1, 'hunter22'), (2, 'x'); token%3Dhunter22 &lt;otp&gt;77&lt;/otp&gt;", ""},
    {"text/plain", "cGFzc3dvcmQ9aHVudGVyMjI= in words and s:8:\"password\";s:7:\"hunter2\"; \\u0070assword=hunter22",
     ""},
    {"text/plain", "order 4111 1111 1111 1111 2026-11-23 1234567890123 (see ./a-b_c.d/e) xy.z", ""},
});

std::string provider_token() { return std::string{"ghp"} + "_k9Xb2QzT7mWr4VpL0dYsk9Xb2QzT7mWr4VpL"; }

} // namespace

TEST_CASE("masks are the same wherever a text begins in a block") {
  for (const auto& [type, document, unused] : documents) {
    const auto wanted = redacted(type, document);
    for (auto shift = std::size_t{0}; shift < shifts; ++shift) {
      const auto blanks = std::string(shift, ' ');
      REQUIRE(redacted(type, blanks + std::string{document}) == blanks + wanted);
    }
  }
}

TEST_CASE("a token is found wherever it begins in a block, in every format") {
  for (const auto& [type, before, after] : sample::carriers) {
    for (auto shift = std::size_t{0}; shift < shifts; ++shift) {
      const auto words = std::string(shift, 'z').append(" ");
      const auto shown = redacted(type, std::string{before} + words + provider_token() + std::string{after});
      REQUIRE_FALSE(sample::leaks(shown, provider_token(), 4));
    }
  }
}
