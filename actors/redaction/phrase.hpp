// Finds the values that stand behind their name without a ':' or '=' between them: options of command lines, literals
// of SQL, what PHP serialises. Refuses to judge names.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

struct phrase {
  std::string_view name;
  std::string_view value; // behind the name, perhaps not at once; without its quotes
};

/// The option at text[at], a '-': "--password hunter2", "-u ann:hunter2", "mysql -phunter2". The name of "-u" and
/// "--user" is "password", if a ':' is in their value.
[[nodiscard]] std::optional<phrase> option_at(std::string_view text, std::size_t at) noexcept;

/// The literal at text[at], a quote, and the words before it: "PASSWORD 'hunter2'", "IDENTIFIED BY 'hunter2'".
[[nodiscard]] std::optional<phrase> literal_at(std::string_view text, std::size_t at) noexcept;

/// The value of a pair of PHP's serialize() or of its sessions, whose type is before the ':' at text[at]:
/// s:8:"password";s:7:"hunter2"; and password|s:7:"hunter2";
[[nodiscard]] std::optional<phrase> serialized_at(std::string_view text, std::size_t at) noexcept;

} // namespace cleartap::masking
