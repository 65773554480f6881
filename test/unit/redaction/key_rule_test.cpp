#include "actors/redaction/policy.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cctype>
#include <cstdint>
#include <string>
#include <vector>

using namespace cleartap;

namespace {

bool sensitive(std::string_view key) {
  static const auto policy = redaction_policy{};
  return policy.key(key).has_value();
}

enum class spelling : std::uint8_t { snake, kebab, dotted, spaced, camel, pascal, screaming };

/// `words`, which are parted by spaces, as one key.
std::string spelled(std::string_view words, spelling how) {
  const auto is_joined = how == spelling::camel || how == spelling::pascal;
  auto out = std::string{};
  auto begins = how == spelling::pascal;
  for (auto c : words) {
    if (c == ' ' && !is_joined)
      out += how == spelling::kebab ? '-' : how == spelling::dotted ? '.' : how == spelling::spaced ? ' ' : '_';
    else if (c != ' ')
      out += begins || how == spelling::screaming ? static_cast<char>(std::toupper(c)) : c;
    begins = c == ' ' && is_joined;
  }
  return out;
}

} // namespace

TEST_CASE("keys are sensitive however their words are joined") {
  for (auto key : {"password",
                   "PASSWORD",
                   "newPassword",
                   "db_password_hash",
                   "user[password]",
                   "a.b.password",
                   "pass-word",
                   "refreshToken",
                   "x-api-key",
                   "X-API-KEY",
                   "apiKey",
                   "APIKey",
                   "secretAccessKey",
                   "client_secret",
                   "clientsecret",
                   "OAuth2Token",
                   "sessionId",
                   "JSESSIONID",
                   "PHPSESSID",
                   "connect.sid",
                   "userPin",
                   "PIN",
                   "cvv",
                   "cardNumber",
                   "card_number",
                   "SSN",
                   "userSSNs",
                   "_csrf",
                   "id_token",
                   "JWTToken",
                   "credentials",
                   "awsCredentials",
                   "bearer",
                   "otp",
                   "otpCode",
                   "authToken",
                   "auth",
                   "tokens",
                   "access_tokens",
                   "DB_PASS",
                   "пароль",
                   "socialSecurityNumber",
                   "X-Amz-Signature-Token"}) {
    CAPTURE(key);
    CHECK(sensitive(key));
  }
}

TEST_CASE("keys that only resemble sensitive ones or describe them are not") {
  for (auto key : {"max_tokens",
                   "maxTokens",
                   "tokens_used",
                   "total_tokens",
                   "completion_tokens",
                   "token_type",
                   "tokenType",
                   "tokenizer",
                   "tokenized",
                   "passenger",
                   "passengers",
                   "pinned",
                   "spinning",
                   "author",
                   "authors",
                   "authority",
                   "authored",
                   "session_count",
                   "secretary",
                   "keyboard",
                   "key",
                   "keys",
                   "monkey",
                   "compass",
                   "shopping",
                   "cookie_policy",
                   "residence",
                   "inside",
                   "sidebar",
                   "oathkeeper",
                   "token_expires_in",
                   "auth_type",
                   "bypass_rate",
                   "discard",
                   "cards",
                   "card",
                   "",
                   "_",
                   "42"}) {
    CAPTURE(key);
    CHECK(!sensitive(key));
  }
}

TEST_CASE("each listed name is found in every spelling and behind what does not free it") {
  for (auto words :
       {"password", "passwd", "secret", "token", "access token", "api key", "authorization", "session", "secret key",
        "access key", "private key", "client secret", "refresh token", "secret access key"}) {
    for (auto spell : {spelling::snake, spelling::kebab, spelling::dotted, spelling::spaced, spelling::camel,
                       spelling::pascal, spelling::screaming})
      for (auto before : {"", "user ", "my app "})
        for (auto after : {"", " 2", " id", " confirmation", " id 17", " new"}) {
          const auto key = spelled(std::string{before} + words + after, spell);
          CAPTURE(key);
          CHECK(sensitive(key));
        }
  }
}

TEST_CASE("names that end otherwise, ask for a secret or name a place in a list are not sensitive") {
  for (auto words : {"public key",
                     "primary key",
                     "session count",
                     "next page token",
                     "page token",
                     "continuation token",
                     "next token",
                     "pagination token",
                     "token type",
                     "has password",
                     "is secret",
                     "requires token",
                     "password length",
                     "password policy",
                     "api key name",
                     "session start",
                     "token address",
                     "auth provider",
                     "key",
                     "sort key",
                     "foreign key",
                     "password expiry",
                     "credential type",
                     "access key age",
                     "next page tokens",
                     "session user",
                     "token symbol",
                     "private key format",
                     "auth service",
                     "sync token",
                     "gmsa credential spec",
                     "secret namespace",
                     "auth schemes",
                     "disable show password",
                     "use authentication",
                     "hide session"})
    for (auto spell : {spelling::snake, spelling::kebab, spelling::dotted, spelling::spaced, spelling::camel,
                       spelling::pascal, spelling::screaming}) {
      const auto key = spelled(words, spell);
      CAPTURE(key);
      CHECK(!sensitive(key));
    }
  CHECK(sensitive("csrf_token")); // with a cookie it acts for the user
  CHECK(sensitive("homepageToken"));
  CHECK(sensitive("user_password"));
  CHECK(sensitive("useful_token"));
  CHECK(sensitive("hasher_token"));
}

TEST_CASE("the class of a key is that of its stem") {
  const auto policy = redaction_policy{};
  CHECK(policy.key("newPassword") == redaction_class::password);
  CHECK(policy.key("clientSecret") == redaction_class::secret);
  CHECK(policy.key("refresh_token") == redaction_class::token);
  CHECK(policy.key("x-api-key") == redaction_class::apikey);
  CHECK(policy.key("Proxy-Authorization") == redaction_class::authorization);
  CHECK(policy.key("sid") == redaction_class::session);
  CHECK(policy.key("cvc") == redaction_class::card);
  CHECK(policy.key("ssn") == redaction_class::ssn);
  CHECK(policy.key("jwt") == redaction_class::jwt);
}

TEST_CASE("configured keys and headers are masked as custom") {
  const auto policy = redaction_policy{std::vector<std::string>{"X-Internal"},
                                       std::vector<std::string>{"internalRef", "q", "", "--", "größe"}};
  CHECK(policy.key("internal_ref") == redaction_class::custom);
  CHECK(policy.key("myInternalRefNo") == redaction_class::custom);
  CHECK(policy.key("q") == redaction_class::custom);
  CHECK(policy.key("größe") == redaction_class::custom);
  CHECK(!policy.key("query"));
  CHECK(!policy.key("internalReference"));
  CHECK(policy.header("x-internal") == redaction_class::custom);
  CHECK(!policy.header("x-internal-id"));
}

TEST_CASE("a moved policy still knows its keys") {
  auto first = redaction_policy{{}, std::vector<std::string>{"ab"}};
  const auto second = std::move(first);
  CHECK(second.key("ab") == redaction_class::custom);
}

TEST_CASE("a key of any length is searched to its end") {
  CHECK(sensitive(std::string(100'000, 'a') + "Password"));
  CHECK(sensitive(std::string(250, 'a') + "Password"));
  CHECK(sensitive("password" + std::string(1000, '.')));
  CHECK(!sensitive(std::string(100'000, 'a')));
}
