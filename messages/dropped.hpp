// The marks that stand for values which were dropped (redaction.mode: metadata-only): what a value was, never the
// value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cleartap {

enum class dropped_type : std::uint8_t {
  string, // of no format below
  integer,
  number,
  boolean,
  date_time,
  date,
  uuid,
  email,
  uri,
  ipv4,
  hex,  // of a path: 24, 32, 40 or 64 hex digits
  id,   // of a path: what looks like no word
  name, // a key that is data itself
};

inline constexpr auto dropped_marks = std::array<std::string_view, 13>{
    "[DROPPED:string]", "[DROPPED:integer]", "[DROPPED:number]", "[DROPPED:boolean]", "[DROPPED:date-time]",
    "[DROPPED:date]",   "[DROPPED:uuid]",    "[DROPPED:email]",  "[DROPPED:uri]",     "[DROPPED:ipv4]",
    "[DROPPED:hex]",    "[DROPPED:id]",      "[DROPPED:name]"};

constexpr std::string_view mark_of(dropped_type type) noexcept { return dropped_marks[static_cast<std::size_t>(type)]; }

/// What the whole `text` stands for, if it is such a mark.
constexpr std::optional<dropped_type> dropped_type_of(std::string_view text) noexcept {
  if (!text.starts_with("[DROPPED:"))
    return std::nullopt;
  const auto found = std::ranges::find(dropped_marks, text);
  return found == dropped_marks.end() ? std::nullopt
                                      : std::optional{static_cast<dropped_type>(found - dropped_marks.begin())};
}

} // namespace cleartap
