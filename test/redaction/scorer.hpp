// Scores redaction with marked texts: recall, precision and what was redacted in vain. Refuses to know how a secret is
// found: it looks at what is shown, and counts masked bytes by the notes of redaction.
#pragma once

#include "actors/redaction/redact.hpp"
#include "test/redaction/corpus.hpp"

#include <map>
#include <string>
#include <vector>

namespace cleartap::score {

struct recall {
  std::size_t spans = 0;
  std::size_t leaked = 0;

  double share() const noexcept {
    return spans == 0 ? 1.0 : 1.0 - static_cast<double>(leaked) / static_cast<double>(spans);
  }
};

struct scores {
  std::map<std::string, recall> by_class;       // secrets
  std::map<std::string, recall> by_class_plain; // those without an encoding
  std::map<std::string, recall> by_place;       // secrets, by "format, encoding"
  std::map<std::string, recall> by_keyed;       // keyed secrets, by format
  std::map<std::string, recall> lookalikes;     // leaked: masked in vain
  std::size_t masks = 0;
  std::size_t masks_of_secrets = 0; // that cover a byte of a secret
  std::size_t benign_bytes = 0;
  std::size_t benign_bytes_masked = 0;
  std::vector<std::string> misses;  // a description of the first ones
  std::vector<std::string> in_vain; // of look-alikes that were masked

  double precision() const noexcept {
    return masks == 0 ? 1.0 : static_cast<double>(masks_of_secrets) / static_cast<double>(masks);
  }
  double over_redacted() const noexcept {
    return benign_bytes == 0 ? 0.0 : static_cast<double>(benign_bytes_masked) / static_cast<double>(benign_bytes);
  }
};

/// Whether `value` shows in `text`: 6 of its characters in a row, or all of a shorter one, as they are or behind
/// percent,
/// \u or base64 encoding.
[[nodiscard]] bool is_leaked(std::string_view value, std::string_view text);

void add(scores& to, const marked_text& text, const redaction_policy& policy);

/// With the built-in policy; in a text with a secret that is masked only on demand, on demand.
void add(scores& to, const marked_text& text);

[[nodiscard]] std::string to_json(const scores& of);

} // namespace cleartap::score
