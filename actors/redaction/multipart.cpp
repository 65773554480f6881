#include "actors/redaction/multipart.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/body.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/encoding.hpp"
#include "actors/redaction/plain_text.hpp"

#include <algorithm>

namespace cleartap::masking {

namespace {

constexpr auto boundary_size_max = std::size_t{128}; // RFC 2046 section 5.1.1 allows 70

/// The parameter `name` (lower case, with its '=') of a header, without quotes; empty if there is none.
std::string_view parameter(std::string_view header, std::string_view name) noexcept {
  auto at = find_any_case(header, name, 0);
  while (at != std::string_view::npos && at > 0 && !is_one_of(header[at - 1], "; \t\n"))
    at = find_any_case(header, name, at + 1);
  if (at == std::string_view::npos)
    return {};
  const auto value = header.substr(at + name.size());
  if (value.starts_with('"'))
    return value.substr(1, value.find('"', 1) - 1);
  return value.substr(0, value.find_first_of("; \t\r\n"));
}

/// Where the next `delimiter` that begins a line is.
std::size_t find_delimiter(std::string_view text, std::string_view delimiter, std::size_t from) noexcept {
  auto at = text.find(delimiter, from);
  while (at != std::string_view::npos && at > 0 && text[at - 1] != '\n')
    at = text.find(delimiter, at + 1);
  return at;
}

struct part_bounds {
  std::size_t head_end = 0;
  std::size_t body_begin = 0;
};

part_bounds bounds_of(std::string_view part) noexcept {
  if (part.starts_with("\r\n") || part.starts_with('\n'))
    return {0, part[0] == '\r' ? 2u : 1u};
  const auto crlf = part.find("\r\n\r\n");
  const auto lf = part.substr(0, crlf).find("\n\n");
  if (lf != std::string_view::npos)
    return {lf + 1, lf + 2};
  if (crlf != std::string_view::npos)
    return {crlf + 2, crlf + 4};
  return {part.size(), part.size()};
}

std::string_view part_type(std::string_view head) noexcept {
  constexpr auto name = std::string_view{"content-type:"};
  const auto at = find_any_case(head, name, 0);
  return at == std::string_view::npos ? std::string_view{} : trimmed(head.substr(at + name.size()));
}

/// Of a part; what RFC 5987 encodes is decoded, together with its character set.
std::string name_of(std::string_view head) {
  const auto plain = parameter(head, "name=");
  return plain.empty() ? decoded(parameter(head, "name*="), percent_escapes) : std::string{plain};
}

void mask_part(std::string_view part, bool cut, std::size_t level, mask_writer& out) {
  const auto bounds = bounds_of(part);
  const auto head = part.substr(0, bounds.head_end);
  const auto body = part.substr(bounds.body_begin);
  mask_text(head, cut && body.empty(), out);
  const auto name = name_of(head);
  if (const auto kind = out.policy().key(name))
    out.mask(body, *kind);
  else if (!is_numbering(body) || !names_number(name))
    mask_body(body, part_type(head), cut, level + 1, out);
}

/// `text` without the line break before the delimiter.
std::string_view without_break(std::string_view text) noexcept {
  if (text.ends_with('\n'))
    text.remove_suffix(1);
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  return text;
}

} // namespace

std::string multipart_delimiter(std::string_view text, std::string_view content_type) {
  if (starts_any_case(content_type, "multipart/")) {
    const auto boundary = parameter(content_type, "boundary=").substr(0, boundary_size_max);
    auto delimiter = "--" + std::string{boundary};
    if (!boundary.empty() && find_delimiter(text, delimiter, 0) != std::string_view::npos)
      return delimiter;
  }
  if (!text.starts_with("--"))
    return {};
  const auto line = text.substr(0, std::min(text.find('\n'), boundary_size_max));
  const auto next = text.substr(std::min(line.size() + 1, text.size()));
  const auto is_boundary = trimmed(line).size() > 2 && starts_any_case(next, "content-");
  return is_boundary ? std::string{trimmed(line)} : std::string{};
}

void mask_multipart(std::string_view text, std::string_view delimiter, bool cut, std::size_t level, mask_writer& out) {
  auto at = find_delimiter(text, delimiter, 0);
  mask_text(text.substr(0, at), false, out);
  while (at != std::string_view::npos && !out.is_removed()) {
    const auto line = at; // a delimiter that was guessed may be anything, and what follows it in its line too
    at += delimiter.size();
    if (text.substr(at).starts_with("--"))
      return mask_text(text.substr(line), cut, out);
    const auto begin = std::min(text.find('\n', at), text.size() - 1) + 1;
    mask_text(text.substr(line, begin - line), cut && begin == text.size(), out);
    const auto next = find_delimiter(text, delimiter, begin);
    const auto last = next == std::string_view::npos;
    const auto part = text.substr(begin, last ? next : next - begin);
    mask_part(last ? part : without_break(part), cut && last, level, out);
    at = next;
  }
}

} // namespace cleartap::masking
