#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>

using namespace cleartap;
using sample::header;
using sample::query;
using sample::redacted;
using sample::text;

namespace {

const auto code = std::string{"SplxlOBeZQQYbYS6WxSbIA"};
const auto masked = std::string{"[REDACTED:authorization]"};

std::string form(std::string_view body) { return redacted("application/x-www-form-urlencoded", body); }

} // namespace

TEST_CASE("authorization codes are masked where they are answered and where they are traded in") {
  CHECK(query("code=" + code + "&state=xyz") == "code=" + masked + "&state=xyz");
  CHECK(query("iss=a&code=" + code) == "iss=a&code=" + masked);
  CHECK(form("grant_type=authorization_code&code=" + code + "&redirect_uri=a") ==
        "grant_type=authorization_code&code=" + masked + "&redirect_uri=a");
  CHECK(header("Location", "https://app.test/cb?code=" + code + "&state=xyz") ==
        "https://app.test/cb?code=" + masked + "&state=xyz");
  CHECK(header("Referer", "https://app.test/cb?state=xyz&code=" + code) ==
        "https://app.test/cb?state=xyz&code=" + masked);
  CHECK(text("GET /cb?code=" + code + "&state=xyz HTTP/1.1") == "GET /cb?code=" + masked + "&state=xyz HTTP/1.1");
}

TEST_CASE("other codes stay") {
  constexpr auto queries = std::to_array<std::string_view>(
      {"code=94016&state=CA", "code=E_INVALID_ARGUMENT_VALUE&page=2", "promo_code=SplxlOBeZQQYbYS6WxSbIA&state=x",
       "code=12345678901234567&state=x", "code=SplxlOBeZQQYbYS6WxSbIA&estate=x", "code=SplxlOBeZQQYbYS6WxSbIA"});
  for (auto each : queries) {
    CHECK(query(each) == each);
    CHECK(text("/cb?" + std::string{each}) == "/cb?" + std::string{each});
  }
}

TEST_CASE("codes that are percent-encoded are masked, programs are not") {
  CHECK(query("code=4%2F0AbCdEfGhIjKlMnOp%3D&state=x") == "code=" + masked + "&state=x");
  CHECK(query("code=%23!%5Ballow(unused)%5D&state=x") == "code=%23!%5Ballow(unused)%5D&state=x");
  CHECK(query("code=fn+main()+%7B%7D%0Amain&state=x") == "code=fn+main()+%7B%7D%0Amain&state=x");
}

TEST_CASE("of very many codes the later are taken for ones of OAuth without a look") {
  auto many = std::string{};
  for (auto i = 0; i < 100; ++i)
    many += "code=" + code + "&";
  const auto shown = form(many);
  CHECK(shown.starts_with("code=" + code + "&code=" + code));
  CHECK(shown.ends_with("code=" + masked + "&"));
}
