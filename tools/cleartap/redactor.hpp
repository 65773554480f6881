// Applies the redaction policy of the settings to one text or one HTTP message. Refuses to know where they come from.
#pragma once

#include "actors/redaction/mask_writer.hpp"
#include "actors/redaction/redact.hpp"
#include "config/settings.hpp"
#include "messages/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// What was masked, with the positions in the input; they are unknown where the input was decoded.
struct report_line {
  std::optional<std::size_t> start;
  std::optional<std::size_t> end;
  std::string_view kind;
  std::string place;
};

struct redacted_text {
  std::string bytes;
  std::vector<report_line> report;
  std::vector<std::string> removals; // for a person: why a rest was removed, and from where on
};

class redactor {
public:
  /// Bytes of a text. Half of what redaction may look at, so that most texts of this size are redacted whole.
  static constexpr std::size_t input_max = masking::work_max / 2;

  explicit redactor(const settings& config) : policy_{config.redaction.headers, config.redaction.keys} {}

  /// `content_type` empty: guessed, as in captured traffic. "message/http": a request or response with its head.
  [[nodiscard]] result<redacted_text> operator()(std::string_view content_type, std::string input) const;

private:
  redacted_text redact_body(std::string_view content_type, std::string input) const;
  result<redacted_text> redact_message(std::string_view input) const;

  redaction_policy policy_;
};

} // namespace cleartap
