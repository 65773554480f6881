// Applies the redaction policy of the settings to one text or one HTTP message. Refuses to know where they come from.
#pragma once

#include "actors/redaction/mask_writer.hpp"
#include "actors/redaction/redact.hpp"
#include "actors/redaction/rules.hpp"
#include "config/settings.hpp"
#include "messages/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// What was masked, or found and shown, with the positions in the input; they are unknown where the input was decoded.
struct report_line {
  std::optional<std::size_t> start;
  std::optional<std::size_t> end;
  std::string kind;
  std::string place;
  bool shown = false;
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

  /// For what is seen at `host` by `executable`, either perhaps empty: unknown.
  redactor(const settings& config, std::string host, std::string executable)
      : rules_{config.redaction}, host_{std::move(host)}, executable_{std::move(executable)} {}

  /// `content_type` empty: guessed, as in captured traffic. "message/http": a request or response with its head.
  [[nodiscard]] result<redacted_text> operator()(std::string_view content_type, std::string input);

private:
  redacted_text redact_body(std::string_view content_type, std::string input);
  result<redacted_text> redact_message(std::string_view input);
  void redact_exchange(exchange& what, std::vector<redaction_note>& notes);

  redaction_rules rules_;
  std::string host_;
  std::string executable_;
};

} // namespace cleartap
