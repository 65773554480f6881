// What keys of JSON say about other keys and values: which names another value, which belongs to a schema. Refuses to
// judge names.
#pragma once

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/json_scanner.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

/// Where the text goes on behind the spaces at `at`.
inline std::size_t next_token(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at]))
    ++at;
  return at;
}

/// A key of the array-of-pairs form: {"name": "password", "value": "hunter2"}.
[[nodiscard]] bool is_naming_key(std::string_view key) noexcept;

/// The other key of that form.
[[nodiscard]] bool is_value_key(std::string_view key) noexcept;

/// The string that the object that `text` goes on with has under its first naming key, if that is near.
[[nodiscard]] std::optional<json_string> find_name(std::string_view text) noexcept;

/// Whether the object that `text` goes on with says how a value looks, as JSON Schema does: {"type": "string", ...}.
[[nodiscard]] bool describes_value(std::string_view text) noexcept;

/// Whether `key` names a member of requests and answers in which a place in a list travels, as descriptions of paging
/// do:
/// {"input_token": "NextToken", "limit_key": "MaxItems", ...}. `text`: its value and what is behind that.
[[nodiscard]] bool names_member(std::string_view key, std::string_view text) noexcept;

/// What a schema says about a value, and never has the value in.
[[nodiscard]] bool is_schema_key(std::string_view key) noexcept;

} // namespace cleartap::masking
