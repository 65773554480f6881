// The masking of what JSON's strings and numbers hold. Refuses to know keys and structure.
#pragma once

#include "actors/redaction/json_scanner.hpp"
#include "actors/redaction/mask_writer.hpp"

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

/// Whether a token without quotes is a literal, those that only JavaScript has among them, or the beginning of one.
[[nodiscard]] bool is_json_literal(std::string_view token) noexcept;

/// Masks the secrets in the content of a string, which may itself be JSON. `marks`: those of the string.
void mask_json_value(const json_string& value, const string_marks& marks, mask_writer& out);

/// Masks a token of digits and signs that is a card number, unless `key` names a number that someone gave. `cut`: its
/// end is that of the text, and the text goes on.
void mask_json_number(std::string_view token, std::string_view key, bool cut, mask_writer& out);

} // namespace cleartap::masking
