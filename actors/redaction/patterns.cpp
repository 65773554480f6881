#include "actors/redaction/patterns.hpp"

#include "actors/redaction/cards.hpp"

namespace cleartap::masking {

namespace {

constexpr auto jwt_opening = std::string_view{"eyJ"}; // base64url of '{"'
constexpr auto pem_opening = std::string_view{"-----BEGIN "};
constexpr auto pem_ending = std::string_view{"-----END "};
constexpr auto pem_dashes = std::string_view{"-----"};
constexpr auto pem_label_max = std::size_t{64};

std::optional<finding> find_number(std::string_view text, std::size_t at, bool cut) noexcept {
  if (at > 0 && is_digit(text[at - 1]))
    return std::nullopt;
  if (const auto size = ssn_size(text, at))
    return finding{text.substr(at, size), redaction_class::ssn};
  if (cut) // before card_size(), which would leave the digits behind a whole number
    if (const auto size = cut_digits_size(text, at))
      return finding{text.substr(at, size), redaction_class::card};
  if (const auto size = card_size(text, at))
    return finding{text.substr(at, size), redaction_class::card};
  return std::nullopt;
}

std::size_t base64url_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_base64url(text[at]))
    ++at;
  return at;
}

/// Whether `text` ends with "\n" or "%22" as their escapes, whose letters and digits belong to no word.
bool ends_escape(std::string_view text) noexcept {
  const auto size = text.size();
  return (size > 1 && text[size - 2] == '\\') ||
         (size > 2 && text[size - 3] == '%' && is_hex(text[size - 2]) && is_hex(text[size - 1]));
}

/// A token of two parts counts if both are JSON: the signature may have been left out.
bool is_jwt(std::string_view token, std::size_t dots) noexcept {
  return dots >= 2 || (dots == 1 && token.substr(token.find('.') + 1).starts_with(jwt_opening));
}

std::optional<finding> find_jwt(std::string_view text, std::size_t at, bool cut) noexcept {
  if (at < 2 || text.substr(at - 2, jwt_opening.size()) != jwt_opening)
    return std::nullopt;
  const auto begin = at - 2;
  if (begin > 0 && is_base64url(text[begin - 1]) && !ends_escape(text.substr(0, begin)))
    return std::nullopt;
  auto end = base64url_end(text, at);
  auto dots = std::size_t{0};
  for (; end < text.size() && text[end] == '.'; end = base64url_end(text, end + 1))
    ++dots;
  const auto token = text.substr(begin, end - begin);
  if (!is_jwt(token, dots) && !(cut && end == text.size()))
    return std::nullopt;
  return finding{token, redaction_class::jwt};
}

std::optional<finding> find_private_key(std::string_view text, std::size_t at) noexcept {
  const auto rest = text.substr(at);
  if (!rest.starts_with(pem_opening))
    return std::nullopt;
  const auto label = rest.substr(pem_opening.size(), pem_label_max);
  if (label.substr(0, label.find(pem_dashes)).find("PRIVATE KEY") == std::string_view::npos)
    return std::nullopt;
  const auto ending = rest.find(pem_ending, pem_opening.size());
  const auto close = ending == std::string_view::npos ? ending : rest.find(pem_dashes, ending + pem_ending.size());
  const auto size = close == std::string_view::npos ? rest.size() : close + pem_dashes.size();
  return finding{rest.substr(0, size), redaction_class::pem};
}

} // namespace

std::optional<finding> find_pattern(std::string_view text, std::size_t at, bool cut) noexcept {
  if (is_digit(text[at]))
    return find_number(text, at, cut);
  if (text[at] == 'J')
    return find_jwt(text, at, cut);
  if (text[at] == '-')
    return find_private_key(text, at);
  return std::nullopt;
}

} // namespace cleartap::masking
