// Splits a request target (RFC 9112, 3.2) into what an exchange keeps of it. Refuses to decode or to normalise.
#pragma once

#include <optional>
#include <string_view>

namespace cleartap {

/// Views into the target that was split. `path` is empty in the authority form.
struct request_target {
  std::string_view scheme; // empty but in the absolute form; as sent
  std::string_view host;   // authority without user information, in the absolute and the authority form
  std::string_view path;   // "/" when the absolute form has none; "*" in the asterisk form
  std::optional<std::string_view> query;
};

/// Total: a target that is none of the four forms becomes a path. `method` tells the authority form.
[[nodiscard]] request_target split_target(std::string_view method, std::string_view target) noexcept;

} // namespace cleartap
