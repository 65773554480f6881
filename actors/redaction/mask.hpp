// The classes of what is masked and the marks that stand in its place. Refuses to know how a secret is found.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cleartap {

enum class redaction_class : std::uint8_t {
  password,
  secret,
  token,
  apikey,
  authorization,
  session,
  card,
  ssn,
  jwt,
  pem,
  provider, // a token whose form tells the service that issued it
  url,      // user information of a URL
  email,
  phone,
  custom // a header or key of the configuration
};

namespace masking {

/// A class past these is one of own_patterns.hpp.
inline constexpr auto masks = std::array<std::string_view, 15>{
    "[REDACTED:password]", "[REDACTED:secret]", "[REDACTED:token]", "[REDACTED:apikey]", "[REDACTED:authorization]",
    "[REDACTED:session]",  "[REDACTED:card]",   "[REDACTED:ssn]",   "[REDACTED:jwt]",    "[REDACTED:pem]",
    "[REDACTED:provider]", "[REDACTED:url]",    "[REDACTED:email]", "[REDACTED:phone]",  "[REDACTED:custom]"};

constexpr std::string_view mask_of(redaction_class kind) noexcept { return masks[static_cast<std::size_t>(kind)]; }

/// The size of the mask that `text` starts with, or 0. Only what this stage writes is a mask: "[REDACTED:" before a
/// secret does not protect it.
std::size_t mask_size(std::string_view text) noexcept;

/// The size of the mask that `text` ends with, or 0.
std::size_t mask_size_at_end(std::string_view text) noexcept;

/// `text` without the masks in it.
std::string without_masks(std::string_view text);

inline bool holds_mask(std::string_view text) noexcept { return text.find("[REDACTED:") != std::string_view::npos; }

inline bool is_mask(std::string_view text) noexcept { return !text.empty() && mask_size(text) == text.size(); }

} // namespace masking

} // namespace cleartap
