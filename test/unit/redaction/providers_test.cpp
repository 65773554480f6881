#include "actors/redaction/providers.hpp"
#include "test/unit/redaction/carriers.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace cleartap;
using sample::carriers;
using sample::json;
using sample::text;

namespace {

/// A token is built here, so that no scanner of sources takes this table for a leak.
struct form {
  std::string_view prefix;
  std::size_t size; // behind the prefix
  std::string_view chars;
};

constexpr auto hex = std::string_view{"4f9a07c3e81b6d25"};
constexpr auto upper = std::string_view{"Q7ZK2MXB4TRW6HDN3"};
constexpr auto alnum = std::string_view{"k9Xb2QzT7mWr4VpL0dYs"};

// Sizes as issued today, from the issuers' documentation and published rules of scanners.
constexpr auto forms = std::to_array<form>({
    {"AKIA", 16, upper},
    {"ASIA", 16, upper},
    {"ghp_", 36, alnum},
    {"gho_", 36, alnum},
    {"ghu_", 36, alnum},
    {"ghs_", 36, alnum},
    {"ghr_", 36, alnum},
    {"github_pat_", 82, alnum},
    {"glpat-", 20, alnum},
    {"gldt-", 20, alnum},
    {"glrt-", 20, alnum},
    {"glptt-", 40, hex},
    {"xoxb-", 50, alnum},
    {"xoxp-", 70, alnum},
    {"xoxa-", 40, alnum},
    {"xoxr-", 40, alnum},
    {"xoxs-", 40, alnum},
    {"xoxo-", 40, alnum},
    {"xapp-1-", 90, alnum},
    {"sk_live_", 24, alnum},
    {"sk_test_", 24, alnum},
    {"rk_live_", 24, alnum},
    {"whsec_", 32, alnum},
    {"AIza", 35, alnum},
    {"ya29.", 60, alnum},
    {"GOCSPX-", 28, alnum},
    {"SG.", 66, alnum},
    {"SK", 32, hex},
    {"AC", 32, hex},
    {"key-", 32, hex},
    {"npm_", 36, alnum},
    {"pypi-AgEIcHlwaS5vcmc", 80, alnum},
    {"dckr_pat_", 27, alnum},
    {"dop_v1_", 64, hex},
    {"doo_v1_", 64, hex},
    {"HRKU-AA", 58, alnum},
    {"ATATT3", 180, alnum},
    {"shpat_", 32, hex},
    {"shpss_", 32, hex},
    {"shpca_", 32, hex},
    {"shppa_", 32, hex},
    {"sq0atp-", 22, alnum},
    {"sq0csp-", 43, alnum},
    {"EAAA", 60, alnum},
    {"sk-proj-", 120, alnum},
    {"sk-ant-api03-", 95, alnum},
    {"sk-", 48, alnum},
    {"hf_", 34, alnum},
    {"dapi", 32, hex},
    {"hvs.", 92, alnum},
    {"lin_api_", 40, alnum},
    {"secret_", 43, alnum},
    {"ntn_", 46, alnum},
    {"PMAK-", 59, alnum},
    {"NRAK-", 27, upper},
    {"glsa_", 41, alnum},
    {"glc_", 60, alnum},
    {"sntrys_", 100, alnum},
    {"pscale_tkn_", 43, alnum},
    {"fo1_", 43, alnum},
    {"sbp_", 40, hex},
    {"figd_", 43, alnum},
    {"sl.", 130, alnum},
    {"EAA", 150, alnum},
    {"AAAAAAAAAAAAAAAAAAAAAA", 80, alnum},
    {"00", 40, alnum},
    {"AGE-SECRET-KEY-1", 58, upper},
    {"xkeysib-", 64, hex},
    {"dp.pt.", 43, alnum},
    {"rubygems_", 48, hex},
    {"gsk_", 52, alnum},
    {"r8_", 37, alnum},
    {"tskey-auth-", 40, alnum},
    {"pul-", 40, hex},
    {"LTAI", 20, alnum},
    {"v1.0-", 170, hex},
});

std::string token_of(const form& form, std::size_t size) {
  auto out = std::string{form.prefix};
  for (auto i = std::size_t{0}; i < size; ++i)
    out += form.chars[i % form.chars.size()];
  return out;
}

std::string token_of(const form& form) { return token_of(form, form.size); }

} // namespace

TEST_CASE("a token in base64 is found wherever its first sign is") {
  for (const auto* rest :
       {"_/bcdefghijklmnopqrstuvwxyz", "_ab+cdefghijklmnopqrstuvwxyz", "_abcde/ghijklmnopqrstuvwxyz"}) {
    const auto token = std::string{"whsec"} + rest;
    CHECK(text("a " + token + " b") == "a [REDACTED:provider] b");
    CHECK(json("[\"" + token + "\"]") == R"(["[REDACTED:provider]"])");
  }
}

TEST_CASE("a token of each provider is masked in every carrier") {
  for (const auto& form : forms)
    for (const auto& [type, before, after] : carriers) {
      const auto token = token_of(form);
      const auto shown = sample::redacted(type, std::string{before} + token + std::string{after});
      CAPTURE(token, before, shown);
      CHECK(!sample::leaks(shown, token, form.prefix.size()));
      CHECK(shown.find("[REDACTED:provider]") != std::string::npos);
    }
}

TEST_CASE("a token of each provider is masked in headers, queries and paths") {
  for (const auto& form : forms) {
    const auto token = token_of(form);
    CAPTURE(token);
    CHECK(sample::header("X-Note", token) == "[REDACTED:provider]");
    CHECK(sample::header("Location", "https://h.example/a?x=" + token + "&y=1") ==
          "https://h.example/a?x=[REDACTED:provider]&y=1");
    CHECK(sample::query("a=" + token + "&b=1") == "a=[REDACTED:provider]&b=1");
    auto what = exchange{};
    what.request.emplace().path = "/v1/" + token + "/x";
    auto stats = redaction_stats{};
    redact(what, sample::policy(), stats);
    CHECK(what.request->path == "/v1/[REDACTED:provider]/x");
    CHECK(stats.masked_as(redaction_class::provider) == 1);
  }
}

TEST_CASE("a token is masked once twelve bytes of it stand before the end of a cut body") {
  for (const auto& form : forms)
    for (const auto& [type, before, after] : carriers) {
      const auto token = token_of(form);
      const auto whole = std::string{before} + token + std::string{after};
      const auto first = before.size() + form.prefix.size() + 12;
      for (auto size = first; size <= whole.size(); ++size) {
        const auto shown = sample::redacted(type, whole.substr(0, size), true);
        if (sample::leaks(shown, token, form.prefix.size()))
          FAIL(token << " in " << before << " cut at " << size << ": " << shown);
      }
    }
}

TEST_CASE("tokens that are URLs or stand beside what is no secret are masked") {
  CHECK(text("to https://hooks.slack.com/services/T0Q7ZK2MX/B4TRW6HDN/k9Xb2QzT7mWr4VpL0dYs now") ==
        "to https://[REDACTED:provider] now");
  CHECK(text("https://discord.com/api/webhooks/1234567890/k9Xb2QzT7mWr4VpL") == "https://[REDACTED:provider]");
  const auto token = token_of({"AA", 33, alnum});
  CHECK(text("https://api.telegram.org/bot123456789:" + token + "/getMe") ==
        "https://api.telegram.org/bot123456789:[REDACTED:provider]/getMe");
  CHECK(sample::json("{\"t\":\"123456789:" + token + "\"}") == R"({"t":"123456789:[REDACTED:provider]"})");
  CHECK(text("x 1//0" + token_of({"", 60, alnum}) + " y") == "x 1//[REDACTED:provider] y");
  CHECK(text(token_of({"", 14, alnum}) + ".atlasv1." + token_of({"", 64, alnum})) == "[REDACTED:provider]");
  CHECK(text(token_of({"M", 23, alnum}) + "." + token_of({"", 6, alnum}) + "." + token_of({"", 38, alnum})) ==
        "[REDACTED:provider]");
  CHECK(text("pat" + token_of({"", 14, alnum}) + "." + token_of({"", 64, hex})) == "[REDACTED:provider]");
}

TEST_CASE("the secret of a webhook is masked in its own path") {
  const auto path = [](std::string_view given) {
    auto what = exchange{};
    what.request.emplace().path = given;
    auto stats = redaction_stats{};
    redact(what, sample::policy(), stats);
    return what.request->path;
  };
  CHECK(path("/services/T0Q7ZK2MX/B4TRW6HDN/k9Xb2QzT7mWr4VpL0dYs") ==
        "/services/T0Q7ZK2MX/B4TRW6HDN/[REDACTED:provider]");
  CHECK(path("/api/webhooks/1234567890/k9Xb2QzT7mWr4VpL/x") == "/api/webhooks/1234567890/[REDACTED:provider]/x");
  CHECK(path("/services/Things/Bikes/mountain") == "/services/Things/Bikes/mountain");
  CHECK(path("/webhooks/settings/k9Xb2QzT7mWr4VpL") == "/webhooks/settings/k9Xb2QzT7mWr4VpL");
}

TEST_CASE("words that begin like a token stay") {
  const auto id = token_of({"", 36, alnum});
  for (const auto& word : std::vector<std::string>{"ghp_" + id.substr(0, 8),
                                                   "xghp_" + id,
                                                   "AKIA" + std::string(17, 'Q'),
                                                   "AKIA" + std::string(15, 'Q'),
                                                   "sk-learn-something-longer-than-that",
                                                   "sk-" + std::string(30, 'a'),
                                                   "hf_transformers_model_of_mine",
                                                   "key-" + std::string(31, 'a'),
                                                   "ACCOUNT_NUMBER_OF_THE_CUSTOMER",
                                                   "secret_" + std::string(20, 'x'),
                                                   "550e8400-e29b-41d4-a716-446655440000",
                                                   "4f9a07c3e81b6d254f9a07c3e81b6d254f9a07c3",
                                                   "npm_config_registry",
                                                   "00000000-0000-0000-0000-000000000000",
                                                   "patch.example.org/a.b.c",
                                                   "a.b.c.d.e.f.g.h.i.j.k.l.m.n",
                                                   "sl.wikipedia.org/wiki/Something_that_is_long",
                                                   "s.getElementsByTagName_of_this",
                                                   "hooks.slack.com/docs",
                                                   "https://hooks.example.com/services/T0Q7ZK2MX/B4TRW6HDN",
                                                   "sk_live_",
                                                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                                   "Mon.Tue.Wed",
                                                   "Object.prototype.hasOwnProperty.call",
                                                   "release-v1.0-rc.2-2026-11-23"}) {
    CHECK(text("so " + word + " is") == "so " + word + " is");
    CHECK(sample::json("{\"a\":\"" + word + "\"}") == "{\"a\":\"" + word + "\"}");
  }
}

TEST_CASE("the search for tokens takes linear time") {
  for (auto piece :
       {"sk-", "glpat-", "00-", "AAAAAAAAAAAAAAAAAAAA", "a.", "EAA", "hooks.slack.com/", "1//0", "dop_v1_"}) {
    auto bytes = std::string{};
    while (bytes.size() < 1'000'000)
      bytes += piece;
    for (auto left = std::string_view{bytes};;) {
      const auto found = masking::find_provider(left, 0, false);
      if (!found)
        break;
      left = left.substr(static_cast<std::size_t>(found->part.data() - left.data()) + found->part.size());
    }
  }
}
