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
  word,     // from the start of a word to the end of one
  last      // as a word, if none follows
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
    {"password", password, anywhere, unless_described}, {"passwd", password, anywhere, unless_described}, {"passwrd", password, anywhere},
    {"passphrase", password, anywhere, unless_described}, {"passcode", password, anywhere, unless_described}, {"passkey", password, anywhere, unless_described},
    {"passhash", password, anywhere}, {"userpass", password, tail}, {"dbpass", password, tail},
    {"rootpass", password, tail}, {"pass", password, word, unless_described}, {"pwd", password, tail},
    {"psw", password, word}, {"pw", password, word}, {"passwort", password, anywhere},
    {"kennwort", password, anywhere}, {"motdepasse", password, anywhere}, {"mdp", password, word},
    {"contrasena", password, anywhere}, {"contraseña", password, anywhere}, {"senha", password, word},
    {"пароль", password, anywhere}, {"密码", password, anywhere}, {"密碼", password, anywhere},
    {"otp", password, word, unless_described}, {"totp", password, word, unless_described}, {"hotp", password, word},
    {"otpcode", password, tail}, {"mfacode", password, anywhere}, {"verificationcode", password, anywhere},
    {"recoverycode", password, anywhere}, {"backupcode", password, anywhere}, {"unlockcode", password, anywhere},
    {"pin", password, word, unless_described}, {"pincode", password, word}, {"pinnumber", password, word},
    {"keypass", password, tail}, {"databasepass", password, tail}, {"storepass", password, tail},
    {"twofactorcode", password, anywhere}, {"onetimecode", password, anywhere}, {"smscode", password, anywhere},

    {"secret", secret, tail, unless_described}, {"secrets", secret, word, unless_counted},
    {"secretid", secret, word}, {"secretvalue", secret, anywhere}, {"secrethash", secret, anywhere},
    {"secretanswer", secret, anywhere}, {"securityanswer", secret, anywhere}, {"credential", secret, anywhere, unless_described},
    {"cred", secret, word, unless_described}, {"creds", secret, tail, unless_described}, {"privatekey", secret, anywhere, unless_described}, {"privkey", secret, anywhere},
    {"secretkey", secret, anywhere, unless_described}, {"secretaccesskey", secret, anywhere, unless_described}, {"signingkey", secret, anywhere, unless_described},
    {"encryptionkey", secret, anywhere, unless_described}, {"masterkey", secret, anywhere, unless_described}, {"sharedkey", secret, anywhere},
    {"hmackey", secret, anywhere}, {"accountkey", secret, anywhere}, {"sshkey", secret, anywhere, unless_described},
    {"sig", secret, last}, {"mnemonic", secret, word}, {"seedphrase", secret, anywhere},
    {"recoveryphrase", secret, anywhere}, {"recoverykey", secret, anywhere}, {"connectionstring", secret, anywhere},
    {"connstring", secret, tail}, {"connstr", secret, tail}, {"servicekey", secret, anywhere, unless_described},
    {"storagekey", secret, anywhere, unless_described}, {"databasekey", secret, anywhere, unless_described},
    {"dbkey", secret, tail}, {"aeskey", secret, anywhere}, {"rsakey", secret, tail}, {"pgpkey", secret, tail},
    {"gpgkey", secret, tail}, {"cipherkey", secret, anywhere}, {"codeverifier", secret, anywhere},
    {"amzsignature", secret, anywhere}, {"googsignature", secret, anywhere}, {"webhookkey", secret, anywhere},

    {"token", token, tail, unless_described}, {"tokens", token, word, unless_counted},
    {"accesstoken", token, anywhere, unless_described}, {"refreshtoken", token, anywhere, unless_described},
    {"authtoken", token, anywhere, unless_described}, {"tokenid", token, word}, {"tokenvalue", token, word},
    {"csrf", token, word, unless_described}, {"xsrf", token, word, unless_described},
    {"samlresponse", token, anywhere}, {"samlrequest", token, anywhere}, {"assertion", token, last},

    {"apikey", apikey, anywhere, unless_described}, {"accesskey", apikey, anywhere, unless_described}, {"appkey", apikey, tail, unless_described},
    {"authkey", apikey, anywhere, unless_described}, {"consumerkey", apikey, anywhere}, {"subscriptionkey", apikey, anywhere, unless_described},
    {"functionskey", apikey, anywhere}, {"deploykey", apikey, anywhere, unless_described}, {"licensekey", apikey, anywhere, unless_described},
    {"clientkey", apikey, anywhere, unless_described},

    {"auth", authorization, word, unless_described}, {"authorization", authorization, word, unless_described},
    {"authorisation", authorization, word, unless_described}, {"proxyauthorization", authorization, tail},
    {"authentication", authorization, word, unless_described}, {"authcode", authorization, anywhere},
    {"authorizationcode", authorization, anywhere}, {"authheader", authorization, anywhere},
    {"bearer", authorization, word, unless_described},

    {"session", session, word, unless_described}, {"sessions", session, word, unless_counted},
    {"sessionid", session, anywhere, unless_described}, {"sessionkey", session, anywhere, unless_described}, {"sessid", session, anywhere}, {"sess", session, word, unless_described},
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

/// Words after a stem that say that the key holds a fact about a secret, not the secret. A number, "id", "hash" and
/// "confirmation" are none. Sorted.
inline constexpr auto describing_words = std::to_array<std::string_view>({
  "address", "age", "agent", "alg", "algorithm", "arn", "at", "attempts", "audience", "balance", "banner", "bean",
  "browser", "builder", "category", "class", "component", "config", "configuration", "consent", "contract",
  "controller", "count", "counts", "created", "date", "day", "days", "decimals", "description", "device", "disabled",
  "domain", "driver", "duration", "enabled", "encoder", "end", "ended", "endpoint", "entity", "error", "errors",
  "event", "events", "exception", "exists", "expiration", "expire", "expired", "expires", "expiring", "expiry",
  "factory", "failed", "failures", "field", "file", "filename", "filter", "flag", "format", "generated", "handler",
  "helper", "history", "host", "impl", "interceptor", "interval", "invalid", "ip", "issuer", "kind", "label",
  "language", "len", "length", "level", "lifetime", "limit", "limits", "list", "listener", "locale", "location",
  "manager", "max", "maximum", "message", "method", "methods", "middleware", "min", "minimum", "mode", "module",
  "months", "name", "namespace", "options", "page", "path", "percent", "percentage", "platform", "policy", "port", "position",
  "prefix", "price", "provider", "providers", "question", "quota", "rate", "realm", "reason", "ref", "reference",
  "references", "refs", "region", "remaining", "repository", "required", "requirements", "resolver", "result", "results", "role", "roles",
  "rule", "rules", "schema", "scheme", "schemes", "scope", "scopes", "score", "server", "service", "services", "servlet",
  "settings", "size", "sizes", "source", "spec", "specs", "start", "started", "status", "step", "storage", "store", "strategy",
  "strength", "success", "suffix", "supply", "support", "supported", "symbol", "template", "tests", "threshold",
  "through", "time", "timeout", "timestamp", "title", "total", "tries", "ttl", "type", "types", "updated", "uri",
  "url", "usage", "used", "user", "username", "usernames", "users", "utils", "valid", "validator", "validity",
  "verified", "version", "view", "window", "year", "years",
});

/// Words that open a key which asks about a secret: "has_password". Sorted.
inline constexpr auto asking_words = std::to_array<std::string_view>({
  "allow", "allows", "can", "disable", "enable", "has", "hide", "is", "must", "needs", "requires", "should", "show",
  "supports", "use",
});

/// Whole words, joined, that end like a secret and are none: places in a list, which its reader hands back. The token
/// against forged requests ("csrf") is not among them: whoever holds it and a cookie acts for the user.
inline constexpr auto harmless_names = std::to_array<std::string_view>({
  "pagetoken", "pagetokens", "pagingtoken", "paginationtoken", "continuationtoken", "nexttoken", "synctoken",
  "cancellationtoken", "resumetoken", "changetoken", "usernametoken", "imagepullsecrets",
});

/// Words beside a plural that say that it is a number. Sorted.
inline constexpr auto counting_words = std::to_array<std::string_view>({
  "active", "audio", "avg", "billed", "budget", "cached", "completion", "cost", "input", "max", "maximum", "min",
  "minimum", "num", "number", "output", "per", "prompt", "reasoning", "remaining", "text", "total", "used",
});
/// Words of names whose numbers are given by whoever numbers things: they stay, even if they look like a card. Sorted.
inline constexpr auto numbering_words = std::to_array<std::string_view>({
  "id", "ids", "invoice", "invoiceid", "invoiceno", "invoicenumber", "invoices", "order", "orderid", "orderids",
  "orderno", "ordernumber", "orders", "tracking", "trackingcode", "trackingid", "trackingno", "trackingnumber",
});

/// Words that say that the number is one of a card all the same. Sorted.
inline constexpr auto paying_words = std::to_array<std::string_view>({
  "card", "cards", "cc", "credit", "debit", "pan", "pay", "payment",
});
// clang-format on

} // namespace cleartap::masking
