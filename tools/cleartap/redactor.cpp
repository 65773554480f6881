#include "tools/cleartap/redactor.hpp"

#include "actors/redaction/ascii.hpp"
#include "tools/cleartap/http_document.hpp"

namespace cleartap {

namespace {

std::string_view why_removed(removal why) noexcept {
  switch (why) {
  case removal::work:
    return "it took more work than work_max; split the input";
  case removal::depth:
    return "it is nested deeper than depth_max";
  case removal::growth:
    return "its masks are longer than growth_max allows; split the input";
  case removal::binary:
    return "a secret is in a format that is not text";
  }
  return "of a limit";
}

std::string removal_text(const redaction_note& note, std::string_view place) {
  return "the rest of " + std::string{place} + " from its byte " + std::to_string(note.begin) +
         " on was removed: " + std::string{why_removed(*note.removed)};
}

/// `offset`: of the note's text in the input.
void add(redacted_text& out, const redaction_note& note, std::string place, std::optional<std::size_t> offset) {
  if (note.removed)
    return out.removals.push_back(removal_text(note, place));
  auto line = report_line{.kind = note.name, .place = std::move(place), .shown = note.shown};
  if (offset) {
    line.start = *offset + note.begin;
    line.end = *offset + note.end;
  }
  out.report.push_back(std::move(line));
}

} // namespace

result<redacted_text> redactor::operator()(std::string_view content_type, std::string input) {
  if (masking::starts_any_case(content_type, "message/http"))
    return redact_message(input);
  return redact_body(content_type, std::move(input));
}

redacted_text redactor::redact_body(std::string_view content_type, std::string input) {
  constexpr auto owner = std::string_view{"response."};
  auto what = exchange{};
  auto& message = what.response.emplace();
  if (!content_type.empty())
    message.headers = {{"Content-Type", std::string{content_type}}};
  message.body = {.bytes = std::move(input)};
  auto notes = std::vector<redaction_note>{};
  redact_exchange(what, notes);
  auto out = redacted_text{.bytes = std::move(message.body.bytes)};
  for (const auto& each : notes)
    if (each.part == message_part::body)
      add(out, each, each.place.substr(owner.size()), 0);
  return out;
}

void redactor::redact_exchange(exchange& what, std::vector<redaction_note>& notes) {
  const auto host = host_.empty() ? host_of(what) : std::string_view{host_};
  auto stats = redaction_stats{};
  redact(what, rules_.policy_for(host, executable_), stats, &notes);
}

result<redacted_text> redactor::redact_message(std::string_view input) {
  auto document = read_http_document(input, input_max);
  if (!document)
    return document.error();
  auto notes = std::vector<redaction_note>{};
  redact_exchange(document->what, notes);
  auto out = redacted_text{.bytes = http_text(document->what)};
  for (const auto& each : notes)
    if (each.part != message_part::operation) // it is of the body too
      add(out, each, each.place, document->offset_of(each));
  return out;
}

} // namespace cleartap
