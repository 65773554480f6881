#include "actors/redaction/headers.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/form.hpp"
#include "actors/redaction/layer.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace cleartap::masking {

namespace {

// The registered schemes, and those that are common without being registered.
constexpr auto schemes = std::to_array<std::string_view>(
    {"Basic",         "Bearer",    "Digest", "DPoP",   "GNAP",         "HOBA",
     "Mutual",        "Negotiate", "NTLM",   "OAuth",  "PrivateToken", "SCRAM-SHA-1",
     "SCRAM-SHA-256", "vapid",     "Token",  "ApiKey", "Api-Key",      "AWS4-HMAC-SHA256",
     "SharedKey",     "SSWS",      "Hawk"});

constexpr auto cookie_attributes = std::to_array<std::string_view>(
    {"Expires", "Max-Age", "Domain", "Path", "Secure", "HttpOnly", "SameSite", "Priority", "Partitioned"});

constexpr auto host_headers = std::to_array<std::string_view>({"Host", "X-Forwarded-Host", "Forwarded"});

constexpr auto plain_headers = std::to_array<std::string_view>({"Content-Length", "Content-Range", "Range"}); // sizes

bool is_among(std::string_view name, std::span<const std::string_view> names) noexcept {
  return std::ranges::any_of(names, [name](std::string_view other) { return equal_any_case(name, other); });
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || is_one_of(c, "!#$%&'*+-.^_`|~"); });
}

/// "name=value"; `value` is empty if there is no '='.
struct cookie_pair {
  std::string_view name;
  std::string_view value;
  bool well_formed = false;
};

cookie_pair read_pair(std::string_view text) noexcept {
  const auto equals = std::min(text.find('='), text.size());
  auto pair = cookie_pair{};
  pair.name = trimmed(text.substr(0, equals));
  pair.value = trimmed(text.substr(std::min(equals + 1, text.size())));
  pair.well_formed = equals < text.size() && is_token(pair.name);
  return pair;
}

/// Calls `visit(piece, first)` for what stands between semicolons until it returns false; returns whether it never did.
template <class Visit>
bool for_each_piece(std::string_view text, Visit visit) {
  for (auto first = true; !text.empty(); first = false) {
    const auto end = std::min(text.find(';'), text.size());
    const auto piece = trimmed(text.substr(0, end));
    if (!piece.empty() && !visit(piece, first))
      return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

bool is_attribute(std::string_view piece) noexcept {
  return is_among(trimmed(piece.substr(0, piece.find('='))), cookie_attributes);
}

void mask_cookie(std::string_view value, bool is_set, mask_writer& out) {
  const auto keeps = [is_set](std::string_view piece, bool first) { return is_set && !first && is_attribute(piece); };
  const auto well_formed = for_each_piece(value, [&](std::string_view piece, bool first) {
    return keeps(piece, first) || (read_pair(piece).well_formed && (first || !is_set));
  });
  if (!well_formed)
    return out.mask(value, redaction_class::session);
  for_each_piece(value, [&](std::string_view piece, bool first) {
    if (!keeps(piece, first))
      out.mask(read_pair(piece).value, redaction_class::session);
    return true;
  });
}

void mask_authorization(std::string_view value, mask_writer& out) {
  const auto scheme = value.substr(0, value.find(' '));
  if (is_among(scheme, schemes) && scheme.size() < value.size())
    out.mask(trimmed(value.substr(scheme.size())), redaction_class::authorization);
  else
    out.mask(value, redaction_class::authorization);
}

/// Whether the value of a header is text that may hold anything; then it is not masked here.
bool is_text(const http_header& header, mask_writer& out) {
  const auto& [name, value] = header;
  const auto& policy = out.policy();
  if (policy.drops_header(name))
    out.mask(value, redaction_class::custom);
  else if (is_among(name, host_headers))
    mask_host(value, out);
  else if (is_among(name, plain_headers) && !policy.has_own())
    return false;
  else if (policy.keeps_header(name))
    return true;
  else if (equal_any_case(name, "Set-Cookie") || equal_any_case(name, "Cookie"))
    mask_cookie(value, name.size() > 6, out);
  else if (equal_any_case(name, "Authorization") || equal_any_case(name, "Proxy-Authorization"))
    mask_authorization(value, out);
  else if (const auto kind = policy.header(name))
    out.mask(value, *kind);
  else if (equal_any_case(name, "grpc-message")) // percent-encoded as a whole
    mask_layer(value, percent_escapes, out,
               [](std::string_view text, mask_writer& inner) { mask_content(text, false, inner); });
  else
    return true;
  return false;
}

void mask_value(const http_header& header, mask_writer& out) {
  const auto& [name, value] = header;
  auto& harmless = out.policy().harmless();
  const auto is_known = harmless.headers.knows(name);
  if (is_known && harmless.header_values.knows(value))
    return;
  if (!is_known && !is_text(header, out))
    return;
  if (!is_known)
    harmless.headers.add(name);
  if (is_numbering(value) && names_number(name) && !out.policy().holds_own(value))
    return;
  mask_content(value, false, out);
  if (!out.is_changed() && out.note_count() == 0)
    harmless.header_values.add(value);
}

/// Few names are long and have digits as every card and nearly every token has.
bool may_hold_secret(std::string_view name, const redaction_policy& policy) noexcept {
  constexpr auto size_min = std::size_t{12};
  constexpr auto digits_min = 2;
  return policy.has_own() || (name.size() >= size_min && std::ranges::count_if(name, is_digit) >= digits_min);
}

} // namespace

void mask_host(std::string_view host, mask_writer& out) {
  const auto at = host.rfind('@'); // no host has one, but a URL that was taken for one may
  const auto userinfo = host.substr(0, at == std::string_view::npos ? 0 : at);
  out.mask(userinfo, redaction_class::url);
  mask_patterns(host.substr(userinfo.size()), false, out);
}

void mask_headers(http_headers& headers, const redaction_policy& policy, redaction_stats& stats,
                  std::size_t& work_left) {
  for (auto& header : headers) {
    auto out = mask_writer{header.second, policy, stats, work_left};
    mask_value(header, out);
    if (out.is_changed())
      header.second = std::move(out).take();
    if (!may_hold_secret(header.first, policy))
      continue;
    auto name = mask_writer{header.first, policy, stats, work_left};
    mask_patterns(header.first, false, name);
    if (name.is_changed())
      header.first = std::move(name).take();
  }
}

} // namespace cleartap::masking
