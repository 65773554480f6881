// Notes what is masked in one exchange, and the contacts that are shown: class, place and position, never the value.
// Refuses to know how either is found.
#pragma once

#include "actors/redaction/json_place.hpp"
#include "actors/redaction/mask.hpp"
#include "messages/exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

enum class removal : std::uint8_t;
class redaction_policy;

/// "card" of "[REDACTED:card]".
constexpr std::string_view class_in(std::string_view mask) noexcept {
  const auto begin = mask.find(':') + 1;
  return mask.substr(begin, mask.size() - 1 - begin);
}

/// Notes of one exchange beyond this many are left out, those of what is shown and the others each.
inline constexpr auto notes_max = std::size_t{1} << 16;

/// A part of a message in which one text is redacted at a time.
enum class message_part : std::uint8_t { path, query, header, trailer, body, operation };

/// Contacts that are shown, of one text: those behind this many add no finding.
inline constexpr auto shown_max = std::size_t{128};

/// What was masked, from where on the rest was removed, or what was found and is shown.
struct redaction_note {
  redaction_class kind = redaction_class::custom; // if nothing was removed
  std::string name;                               // of the class, which may be one of the configuration: "card"
  std::optional<removal> removed;
  bool shown = false; // it was left as it is
  bool in_request = false;
  message_part part = message_part::body;
  std::size_t index = 0; // of the header or trailer
  std::size_t begin = 0; // in the text as it was before
  std::size_t end = 0;
  std::string place; // "request.headers.cookie.sid", "request.query.token", "response.body.user.pin"
};

namespace masking {

/// Behind the part stands the name of the header and the key of the value, in JSON the keys above it, if they look like
/// names.
class recorder {
public:
  /// `notes`: where all of them go, or null for the exchange's findings only.
  recorder(exchange& what, const redaction_policy& policy, std::vector<redaction_note>* notes) noexcept
      : what_{what}, policy_{policy}, notes_{notes} {}

  /// `part` of `text`, one of the exchange's own, is masked. `before`: what ends with its key, in the text or, if
  /// the part is encoded, in the decoded one.
  void mask(std::string_view text, std::string_view before, std::string_view part, redaction_class kind);

  /// `part` of `text` is found and left as it is.
  void show(std::string_view text, std::string_view before, std::string_view part, redaction_class kind);

  /// The rest of `text` is removed, from `part` on.
  void remove(std::string_view text, std::string_view part, removal why);

  /// To be called when all is searched: what is shown comes behind all that is masked, as far as there is room.
  void finish();

private:
  std::optional<redaction_note> note_of(std::string_view text, std::string_view before, std::string_view part,
                                        redaction_class kind, json_place& body_place);
  void add(redaction_note note);

  exchange& what_;
  const redaction_policy& policy_;
  std::vector<redaction_note>* notes_;
  json_place body_place_;
  json_place shown_place_; // of its own, as each is to be asked in the order of the text
  const char* shown_text_ = nullptr;
  std::size_t shown_left_ = 0; // of shown_max in this text
  std::size_t shown_notes_ = 0;
  std::vector<sensitive_value> shown_;
};

} // namespace masking

} // namespace cleartap
