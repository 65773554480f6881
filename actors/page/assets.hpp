// The files of the web page, compiled in, and the policy under which browsers must run them. Refuses to know HTTP.
#pragma once

#include <span>
#include <string_view>

namespace cleartap {

/// One file of assets/. The views live as long as the program.
struct asset {
  std::string_view path;         // as requested, e.g. "/app.js"
  std::string_view content_type; // e.g. "text/javascript; charset=utf-8"
  std::string_view etag;         // RFC 9110, section 8.8.3, with its quotes; changes with every change of `bytes`
  std::string_view bytes;
};

/// Every file, by path.
[[nodiscard]] std::span<const asset> assets() noexcept;

/// The file for a request of `path`, without query; "/" means "/index.html". Nothing if there is none.
[[nodiscard]] const asset* find_asset(std::string_view path) noexcept;

/// The Content-Security-Policy that every answer carries. The page shows names from captured traffic: should one ever
/// become markup, nothing in it can run or load. The last three directives do not fall back to default-src.
inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

} // namespace cleartap
