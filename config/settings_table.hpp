// The one list of all settings: key, kind, range. Refuses to know how a file is read.
#pragma once

#include "config/setting.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cleartap {

/// In the order of the shipped file.
[[nodiscard]] std::span<const setting> all_settings() noexcept;

/// Nothing if there is no such key; the keys of sections, e.g. "capture", are not settings.
[[nodiscard]] const setting* find_setting(std::string_view key) noexcept;

/// Whether there are settings below `key`; the section of all is "".
[[nodiscard]] bool is_section(std::string_view key) noexcept;

/// The names directly below `section`, e.g. "maxBufferSize, perfBufferPages, connections_max, threads_max".
[[nodiscard]] std::string names_below(std::string_view section);

/// The key that a user most likely meant by `key`, which there is not: one that is spelt alike in the same section, or
/// the only one of the same name in another section.
[[nodiscard]] std::optional<std::string> nearest_key(std::string_view key);

} // namespace cleartap
