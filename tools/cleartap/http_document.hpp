// One HTTP/1 message as a file: read into an exchange as captured ones are, and written back. Refuses to know what is
// secret in it.
#pragma once

#include "actors/redaction/recorder.hpp"
#include "messages/exchange.hpp"
#include "messages/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

struct http_document {
  exchange what;           // with a request or a response
  std::string_view target; // of a request, as sent

  /// Where the texts stand in the file; nothing if they do not stand there as they are, such as a compressed body.
  std::vector<std::optional<std::size_t>> headers;
  std::optional<std::size_t> path;
  std::optional<std::size_t> query;
  std::optional<std::size_t> body;

  std::optional<std::size_t> offset_of(const redaction_note& note) const noexcept;
};

/// Content and transfer codings are removed, as they are of captured messages. `size_max`: of the body without them.
[[nodiscard]] result<http_document> read_http_document(std::string_view bytes, std::size_t size_max);

/// HTTP/1.1 with the length of the body as it is now, without codings; in chunks if there are trailers.
[[nodiscard]] std::string http_text(const exchange& what);

} // namespace cleartap
