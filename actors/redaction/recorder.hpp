// Notes what is masked in one exchange: class, place and position, never the value. Refuses to know how secrets are
// found.
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

/// Notes of one exchange beyond this many are left out.
inline constexpr auto notes_max = std::size_t{1} << 16;

/// A part of a message in which one text is redacted at a time.
enum class message_part : std::uint8_t { path, query, header, trailer, body, operation };

/// What was masked, or from where on the rest was removed.
struct redaction_note {
  redaction_class kind = redaction_class::custom; // if nothing was removed
  std::string name;                               // of the class, which may be one of the configuration: "card"
  std::optional<removal> removed;
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

  /// The rest of `text` is removed, from `part` on.
  void remove(std::string_view text, std::string_view part, removal why);

private:
  void add(redaction_note note);

  exchange& what_;
  const redaction_policy& policy_;
  std::vector<redaction_note>* notes_;
  json_place body_place_;
};

} // namespace masking

} // namespace cleartap
