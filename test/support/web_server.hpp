// nginx with TLS on a port of its own, and programs of other languages that serve and call. Refuses to know cleartap.
#pragma once

#include "test/support/network.hpp"
#include "test/support/temporary_directory.hpp"

namespace cleartap::support {

/// Two workers that serve, in HTTP/2 too,
///   /echo/...         200, JSON that repeats method, path and query
///   /users/N          200, JSON with id, name, active, score and tags
///   /created/...      201, a small JSON; takes any body, and reads it to its end
///   /login/...        200, JSON and a cookie that repeat the query's session, access_token and card
///   /status/204       204
///   /files/SIZE       that many bytes, for the sizes in `file_sizes`; also HEAD, ETag and 304
///   /chunked/...      as /echo/, without Content-Length
///   /gzip/...         as /echo/, compressed
class web_server {
public:
  web_server();

  std::uint16_t port() const noexcept { return port_; }
  std::string authority() const { return "localhost:" + std::to_string(port_); }
  std::string url(const std::string& path) const { return "https://" + authority() + path; }
  pid_t master() const noexcept { return program_.pid(); }
  std::vector<pid_t> workers() const;
  bool serves() const;

private:
  temporary_directory home_;
  std::uint16_t port_;
  child program_;
};

/// The static files: one byte on each side of cleartap's event size, and more than one TLS record.
inline constexpr std::size_t file_sizes[] = {0, 1, 8191, 8192, 8193, 262144, 2097152};

/// Debian's interpreters by their own paths, without links and wrappers; empty if there is none.
[[nodiscard]] std::string python();
[[nodiscard]] std::string node();

} // namespace cleartap::support
