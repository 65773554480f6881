// The words that make a key sensitive. Refuses to know how a key is split into words.
#pragma once

#include "actors/redaction/mask.hpp"

#include <array>
#include <string_view>

namespace cleartap::masking {

/// Where in a normalised key a stem counts.
enum class stem_place : std::uint8_t {
  anywhere, // too long and too particular to be part of another word
  tail,     // where a word of the key ends: "clientsecret", not "secretary"
  word      // from the start of a word to the end of one
};

/// Whether other words of the key take a stem back. "password_hash" is as secret as "password".
enum class stem_trust : std::uint8_t {
  certain,
  unless_described, // not before a describing word: "token_type"
  unless_counted    // a plural: nor beside a counting word: "max_tokens"
};

struct key_stem {
  std::string_view text; // normalised: lower case, letters and digits alone
  redaction_class kind = redaction_class::custom;
  stem_place place = stem_place::word;
  stem_trust trust = stem_trust::certain;
};

// clang-format off
inline constexpr auto key_stems = [] {
  using enum redaction_class;
  using enum stem_place;
  using enum stem_trust;
  return std::to_array<key_stem>({
    {"password", password, anywhere}, {"passwd", password, anywhere}, {"passwrd", password, anywhere},
    {"passphrase", password, anywhere}, {"passcode", password, anywhere}, {"passkey", password, anywhere},
    {"passhash", password, anywhere}, {"userpass", password, tail}, {"dbpass", password, tail},
    {"rootpass", password, tail}, {"pass", password, word, unless_described}, {"pwd", password, tail},
    {"psw", password, word}, {"pw", password, word}, {"passwort", password, anywhere},
    {"kennwort", password, anywhere}, {"motdepasse", password, anywhere}, {"mdp", password, word},
    {"contrasena", password, anywhere}, {"contraseña", password, anywhere}, {"senha", password, word},
    {"пароль", password, anywhere}, {"密码", password, anywhere}, {"密碼", password, anywhere},
    {"otp", password, word, unless_described}, {"totp", password, word}, {"hotp", password, word},
    {"otpcode", password, tail}, {"mfacode", password, anywhere}, {"verificationcode", password, anywhere},
    {"recoverycode", password, anywhere}, {"backupcode", password, anywhere}, {"unlockcode", password, anywhere},
    {"pin", password, word, unless_described}, {"pincode", password, word}, {"pinnumber", password, word},

    {"secret", secret, tail, unless_described}, {"secrets", secret, word, unless_counted},
    {"secretid", secret, word}, {"secretvalue", secret, anywhere}, {"secrethash", secret, anywhere},
    {"secretanswer", secret, anywhere}, {"securityanswer", secret, anywhere}, {"credential", secret, anywhere},
    {"cred", secret, word}, {"creds", secret, tail}, {"privatekey", secret, anywhere}, {"privkey", secret, anywhere},
    {"secretkey", secret, anywhere}, {"secretaccesskey", secret, anywhere}, {"signingkey", secret, anywhere},
    {"encryptionkey", secret, anywhere}, {"masterkey", secret, anywhere}, {"sharedkey", secret, anywhere},
    {"hmackey", secret, anywhere}, {"accountkey", secret, anywhere}, {"sshkey", secret, anywhere},
    {"sig", secret, word}, {"mnemonic", secret, word}, {"seedphrase", secret, anywhere},
    {"recoveryphrase", secret, anywhere}, {"recoverykey", secret, anywhere}, {"connectionstring", secret, anywhere},

    {"token", token, tail, unless_described}, {"tokens", token, word, unless_counted},
    {"accesstoken", token, anywhere, unless_described}, {"refreshtoken", token, anywhere, unless_described},
    {"authtoken", token, anywhere, unless_described}, {"tokenid", token, word}, {"tokenvalue", token, word},
    {"csrf", token, word, unless_described}, {"xsrf", token, word, unless_described},
    {"samlresponse", token, anywhere}, {"samlrequest", token, anywhere}, {"assertion", token, word, unless_described},

    {"apikey", apikey, anywhere}, {"accesskey", apikey, anywhere}, {"appkey", apikey, tail},
    {"authkey", apikey, anywhere}, {"consumerkey", apikey, anywhere}, {"subscriptionkey", apikey, anywhere},
    {"functionskey", apikey, anywhere}, {"deploykey", apikey, anywhere}, {"licensekey", apikey, anywhere},
    {"clientkey", apikey, anywhere},

    {"auth", authorization, word, unless_described}, {"authorization", authorization, word, unless_described},
    {"authorisation", authorization, word, unless_described}, {"proxyauthorization", authorization, tail},
    {"authentication", authorization, word, unless_described}, {"authcode", authorization, anywhere},
    {"authorizationcode", authorization, anywhere}, {"authheader", authorization, anywhere},
    {"bearer", authorization, word, unless_described},

    {"session", session, word, unless_described}, {"sessions", session, word, unless_counted},
    {"sessionid", session, anywhere}, {"sessionkey", session, anywhere}, {"sessid", session, anywhere},
    {"sid", session, word}, {"cookie", session, word, unless_described}, {"cookies", session, word, unless_counted},

    {"jwt", jwt, word, unless_described}, {"jwts", jwt, word, unless_counted},

    {"cardnumber", card, anywhere}, {"cardnum", card, tail}, {"cardno", card, tail}, {"cardcode", card, anywhere},
    {"ccnumber", card, anywhere}, {"ccnum", card, tail}, {"creditcard", card, anywhere, unless_described},
    {"debitcard", card, anywhere, unless_described}, {"primaryaccountnumber", card, anywhere},
    {"securitycode", card, anywhere}, {"cvv", card, word}, {"cvv2", card, word}, {"cvc", card, word},
    {"cvc2", card, word}, {"csc", card, word}, {"cardcvv", card, anywhere}, {"cardcvc", card, anywhere},

    {"ssn", ssn, word}, {"ssns", ssn, word}, {"ssnumber", ssn, word}, {"socialsecurity", ssn, anywhere},
  });
}();

/// Words after a stem that say that the key holds a fact about a secret, not the secret. Sorted.
inline constexpr auto describing_words = std::to_array<std::string_view>({
  "age", "alg", "algorithm", "at", "attempts", "banner", "consent", "count", "counts", "duration", "enabled",
  "endpoint", "expiration", "expire", "expired", "expires", "expiry", "interval", "issuer", "len", "length",
  "lifetime", "limit", "limits", "max", "maximum", "method", "methods", "min", "minimum", "name", "percent",
  "percentage", "policy", "quota", "rate", "remaining", "required", "size", "sizes", "status", "through", "time",
  "timeout", "title", "total", "ttl", "type", "types", "uri", "url", "usage", "used", "version",
});

/// Words beside a plural that say that it is a number. Sorted.
inline constexpr auto counting_words = std::to_array<std::string_view>({
  "active", "audio", "avg", "billed", "budget", "cached", "completion", "cost", "input", "max", "maximum", "min",
  "minimum", "num", "number", "output", "per", "prompt", "reasoning", "remaining", "text", "total", "used",
});
// clang-format on

} // namespace cleartap::masking
