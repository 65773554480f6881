// Masks the secrets of an exchange before anything else may see it, and notes class and place. Refuses to keep what it
// masked.
#pragma once

#include "actors/redaction/policy.hpp"
#include "actors/redaction/stats.hpp"
#include "messages/exchange.hpp"

namespace cleartap {

/// Masks, in place, what `policy` calls sensitive and what shows by its own form in headers, path, query and bodies.
/// A mask is "[REDACTED:<class>]"; a second pass changes nothing. Sizes as carried stay as they are. If a limit is
/// reached, or a secret is in a format that is not text, the rest of that body is removed, the body is marked as
/// truncated and a complete exchange as truncated_limit. What is masked goes to `what.findings`, and to `notes` with
/// its positions if there are any; so do e-mail addresses and phone numbers that stay.
void redact(exchange& what, const redaction_policy& policy, redaction_stats& stats,
            std::vector<redaction_note>* notes = nullptr);

/// Masks what shows by its own form in one word, such as the name of a server.
void redact(std::string& word, const redaction_policy& policy);

} // namespace cleartap
