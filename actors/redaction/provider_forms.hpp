// The forms of tokens whose issuers gave them a prefix. Refuses to know how they are searched.
//
// Prefixes and sizes are those that issuers document or that scanners of source code publish (gitleaks' rules and the
// list of GitHub's secret scanning). The sizes here are lower where the prefix alone is particular: issuers lengthen
// their tokens, and what is cut must be found too.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cleartap::masking {

/// The bytes that may follow a prefix.
enum class token_alphabet : std::uint8_t {
  hex,
  upper,     // capitals and digits
  alnum,     // letters and digits
  word,      // and '_'
  base64url, // and '-'
  dotted,    // and '.', not at the end
  base64,    // letters, digits, "+/=" and "-_"
  escaped,   // base64url, and '%' of a base64 that is percent-encoded
  path       // base64url, "./@"
};

enum provider_check : std::uint8_t {
  own_word = 1,  // for short prefixes: not joined to another word by any of "-_.+", which base64 has too
  mixed = 2,     // capitals, small letters and digits
  digit = 4,     // at least one digit: "sk-" opens words too
  bot_id = 8,    // behind digits and a ':', which stay
  refresh = 16,  // behind "1//", which stays
  with_head = 32 // together with the part before it, up to what is not a part of a word
};

struct provider_form {
  std::string_view prefix;
  token_alphabet chars = token_alphabet::alnum;
  std::uint16_t size_min = 0; // bytes behind the prefix
  std::uint16_t size_max = 0; // 0: any
  std::uint8_t checks = 0;
};

// clang-format off
inline constexpr auto provider_forms = [] {
  using enum token_alphabet;
  return std::to_array<provider_form>({
    // AWS: access key ids (IAM, STS, service bearer), Bedrock. The secret keys have no form, see key_stems.hpp.
    {"AKIA", upper, 16, 16}, {"ASIA", upper, 16, 16}, {"ABIA", upper, 16, 16}, {"ACCA", upper, 16, 16},
    {"ABSK", base64, 60, 300, own_word | mixed},
    // GitHub, GitLab, Bitbucket and Atlassian
    {"ghp_", alnum, 30}, {"gho_", alnum, 30}, {"ghu_", alnum, 30}, {"ghs_", alnum, 30}, {"ghr_", alnum, 30},
    {"github_pat_", word, 40}, {"glpat-", dotted, 20}, {"gldt-", base64url, 20}, {"glrt-", dotted, 20},
    {"glrtr-", dotted, 20}, {"glptt-", base64url, 20}, {"glcbt-", dotted, 20}, {"glft-", base64url, 20},
    {"glffct-", base64url, 20}, {"glimt-", base64url, 20}, {"glagent-", base64url, 20}, {"gloas-", base64url, 20},
    {"glsoat-", base64url, 20}, {"GR1348941", base64url, 20}, {"ATATT3", base64, 40}, {"ATCTT3", base64, 40},
    {"ATBB", alnum, 28, 40, own_word | mixed},
    // Chat
    {"xoxa-", dotted, 10}, {"xoxb-", dotted, 10}, {"xoxc-", dotted, 10}, {"xoxd-", escaped, 10},
    {"xoxe-", dotted, 10}, {"xoxe.xox", dotted, 10}, {"xoxo-", dotted, 10}, {"xoxp-", dotted, 10},
    {"xoxr-", dotted, 10}, {"xoxs-", dotted, 10}, {"xapp-", dotted, 10}, {"hooks.slack.com/", path, 20},
    {"discord.com/api/webhooks/", path, 20}, {"discordapp.com/api/webhooks/", path, 20},
    {"webhook.office.com/webhookb2/", path, 20}, {"mfa.", base64url, 60, 100, own_word | mixed},
    {"AA", base64url, 33, 33, bot_id},
    // Payment and shops
    {"sk_live_", alnum, 10}, {"sk_test_", alnum, 10}, {"sk_prod_", alnum, 10}, {"rk_live_", alnum, 10},
    {"rk_test_", alnum, 10}, {"rk_prod_", alnum, 10}, {"whsec_", base64, 20}, {"shpat_", hex, 24}, {"shpca_", hex, 24},
    {"shppa_", hex, 24}, {"shpss_", hex, 24}, {"sq0atp-", base64url, 20}, {"sq0csp-", base64url, 20},
    {"sq0idp-", base64url, 20}, {"EAAA", base64url, 60, 60, own_word | mixed}, {"FLWSECK-", base64url, 20},
    {"FLWSECK_TEST-", base64url, 12}, {"rzp_live_", alnum, 14}, {"rzp_test_", alnum, 14},
    {"shippo_live_", hex, 30}, {"shippo_test_", hex, 30}, {"EZAK", alnum, 54, 54, own_word},
    {"EZTK", alnum, 54, 54, own_word}, {"duffel_live_", base64url, 30}, {"duffel_test_", base64url, 30},
    {"access-production-", base64url, 30}, {"access-sandbox-", base64url, 30},
    // Google, Facebook, Twitter, Dropbox
    {"AIza", base64url, 35, 0}, {"ya29.", dotted, 20}, {"GOCSPX-", base64url, 20}, {"0", base64url, 40, 0, refresh},
    {"EAA", alnum, 60, 400, own_word | mixed}, {"AAAAAAAAAAAAAAAAAAAA", escaped, 50, 200, own_word | mixed},
    {"sl.", dotted, 60, 0, own_word | mixed},
    // Mail and telephony
    {"SG.", dotted, 40, 0, own_word | mixed}, {"key-", hex, 32, 32, own_word}, {"SK", hex, 32, 32, own_word},
    {"AC", hex, 32, 32, own_word}, {"xkeysib-", base64url, 40}, {"xsmtpsib-", base64url, 40},
    // Packages and containers
    {"npm_", alnum, 30}, {"pypi-AgE", base64url, 16}, {"rubygems_", hex, 40}, {"dckr_pat_", base64url, 20},
    {"dckr_oat_", base64url, 20}, {"CLOJARS_", alnum, 40}, {"oy2", alnum, 43, 43, own_word | digit},
    {"AKCp", alnum, 60, 80, own_word | mixed}, {"cmVmd", alnum, 59, 59, own_word | mixed},
    // Clouds and hosting
    {"dop_v1_", hex, 32}, {"doo_v1_", hex, 32}, {"dor_v1_", hex, 32}, {"HRKU-", base64url, 30},
    {"dapi", hex, 32, 32, own_word}, {"hvs.", base64url, 20}, {"hvb.", base64url, 20}, {"hvr.", base64url, 20},
    {"s.", alnum, 24, 24, own_word | mixed}, {"atlasv1.", base64url, 40, 0, with_head}, {"pscale_", dotted, 30},
    {"fo1_", base64url, 30}, {"fm1a_", base64, 40}, {"fm1r_", base64, 40}, {"fm2_", base64, 40},
    {"v1.0-", base64url, 100, 0, own_word}, {"sbp_", hex, 30}, {"sb_secret_", base64url, 20}, {"nfp_", alnum, 30},
    {"rnd_", alnum, 28, 60, own_word | mixed}, {"tskey-", base64url, 20}, {"pul-", hex, 40, 40, own_word},
    {"tk-us-", base64url, 40}, {"LTAI", alnum, 12, 24, own_word | mixed}, {"AKID", alnum, 32, 40, own_word | mixed},
    {"y0_", base64url, 50, 0, own_word | mixed}, {"dp.pt.", alnum, 30}, {"dp.st.", dotted, 30}, {"dp.sa.", alnum, 30},
    {"dp.ct.", alnum, 30}, {"dp.scim.", alnum, 30}, {"00", base64url, 40, 40, own_word | mixed},
    {"CCIPAT_", word, 30}, {"bkua_", hex, 40},
    // Models
    {"sk-proj-", base64url, 20}, {"sk-svcacct-", base64url, 20}, {"sk-admin-", base64url, 20},
    {"sk-ant-", base64url, 20}, {"sk-or-v1-", hex, 32}, {"sk-", alnum, 20, 0, own_word | digit},
    {"hf_", alnum, 30, 0, own_word}, {"api_org_", alnum, 30}, {"gsk_", alnum, 40}, {"r8_", alnum, 37, 37, own_word},
    {"xai-", alnum, 60}, {"pplx-", alnum, 40}, {"nvapi-", base64url, 40}, {"lsv2_", word, 40},
    // Observability
    {"NRAK-", alnum, 20}, {"NRAA-", alnum, 20}, {"NRII-", base64url, 20}, {"NRIQ-", base64url, 20},
    {"NRJS-", alnum, 16}, {"glsa_", word, 30}, {"glc_", base64, 30}, {"sntrys_", base64, 30}, {"sntryu_", hex, 40},
    {"dt0c01.", dotted, 60}, {"dt0s01.", dotted, 60},
    // Development and work
    {"lin_api_", alnum, 30}, {"lin_oauth_", alnum, 30}, {"secret_", alnum, 43, 43, own_word | mixed},
    {"ntn_", alnum, 40}, {"PMAK-", base64url, 40}, {"PMAT-", base64url, 20}, {"figd_", base64url, 30},
    {"figu_", base64url, 30}, {"pat", dotted, 79, 79, own_word | mixed}, {"tfp_", dotted, 40},
    {"rdme_", alnum, 60}, {"fio-u-", base64url, 40}, {"pnu_", alnum, 36}, {"ico-", alnum, 32, 32, own_word | digit},
    {"CFPAT-", base64url, 40}, {"aio_", alnum, 28, 28, own_word | mixed}, {"sgp_", word, 40},
    {"squ_", hex, 40}, {"sqp_", hex, 40}, {"sqa_", hex, 40}, {"sk.eyJ", dotted, 40},
    // Secrets of their own
    {"AGE-SECRET-KEY-1", upper, 30}, {"ops_eyJ", base64, 60}, {"A3-", base64url, 30, 36, own_word | digit},
  });
}();
// clang-format on

} // namespace cleartap::masking
