// Policies of settings, for the tests of this folder. Refuses to know traffic.
#pragma once

#include "actors/redaction/redact.hpp"
#include "actors/redaction/rules.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

namespace cleartap::sample {

/// Of the section redaction, indented by two.
inline redaction_settings redaction(std::string_view yaml) {
  const auto parsed = parse_settings("redaction:\n" + std::string{yaml}, "f.yaml");
  INFO((parsed ? "" : parsed.error().text));
  REQUIRE(parsed);
  return parsed->redaction;
}

/// Redacts by `rules` as seen at `executable`.
inline void apply(redaction_rules& rules, exchange& what, const std::string& executable = "") {
  auto stats = redaction_stats{};
  redact(what, rules.policy_for(host_of(what), executable), stats);
}

/// A body that was redacted by the settings in `yaml`, twice: a second pass changes nothing.
inline std::string body_by(std::string_view yaml, std::string type, std::string body) {
  auto rules = redaction_rules{redaction(yaml)};
  auto what = with_body(std::move(type), std::move(body));
  apply(rules, what);
  const auto once = what.request->body.bytes;
  apply(rules, what);
  CHECK(what.request->body.bytes == once);
  return once;
}

} // namespace cleartap::sample
