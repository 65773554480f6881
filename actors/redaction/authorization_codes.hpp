// Tells the authorization codes of OAuth (RFC 6749) from the many other things that are called "code". Refuses to
// search for them.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

/// Of one text that holds queries or forms.
class authorization_codes {
public:
  explicit authorization_codes(std::string_view text) noexcept : text_{text} {}

  /// Whether `value`, a part of the text, is the value of `name` in what answers a request for authorization (4.1.2:
  /// beside a state) or asks for a token (4.1.3: beside a grant type, a redirect URI, a client or a verifier). Of a
  /// text with very many that may be one, the later are taken for such.
  [[nodiscard]] bool hold(std::string_view name, std::string_view value) noexcept;

private:
  std::string_view text_;
  int looks_left_ = 16; // each is at as much as two times reach_max bytes
};

} // namespace cleartap::masking
