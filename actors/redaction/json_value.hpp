// The strings and numbers of JSON: where they end, whether they may hold a secret, and its masking. Refuses to know
// keys and structure.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cleartap::masking {

/// A string as it stands in the text.
struct json_string {
  std::string_view content; // between the quotes
  std::size_t end = 0;      // index behind the closing quote
  std::size_t digits = 0;
  std::uint8_t marks = 0; // which bytes occur, see json_value.cpp
  bool closed = false;

  bool escaped() const noexcept;
  bool may_hold_number() const noexcept; // a card or social security number, whole

  bool may_hold_contact() const noexcept; // an e-mail address or a phone number

  /// Whether the content must be looked at. `cut`: it goes on behind its end. False for most strings, so that they
  /// cost one pass.
  bool may_hold_secret(bool cut) const noexcept;
};

/// The string whose opening quote, of either kind, is text[at].
[[nodiscard]] json_string read_json_string(std::string_view text, std::size_t at) noexcept;

/// Whether a token without quotes is a number or a literal, those that only JavaScript has among them, or the beginning
/// of one.
[[nodiscard]] bool is_json_scalar(std::string_view token) noexcept;

/// Masks the secrets in the content of a string, which may itself be JSON.
void mask_json_value(const json_string& value, mask_writer& out);

/// Masks a token that is a card number, unless `key` names a number that someone gave. `cut`: its end is that of the
/// text, and the text goes on.
void mask_json_number(std::string_view token, std::string_view key, bool cut, mask_writer& out);

} // namespace cleartap::masking
