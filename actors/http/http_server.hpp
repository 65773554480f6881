// The one HTTP server behind page, metrics and admin: bounded, with a timeout for slow peers. Refuses to know what is
// served.
#pragma once

#include "config/settings.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cleartap {

struct http_query {
  std::string path;
  std::string argument;      // what the route's group matched, percent-decoded
  std::string host;          // the header's value
  std::string authorization; // likewise
  std::string if_none_match;
};

struct http_answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// If set, the body comes from here: each call adds the next part; false ends it. Called in a thread of the server.
  std::function<bool(std::string& part)> stream;
};

using http_handler = std::function<http_answer(const http_query&)>;

/// Whether one may listen there now: so that a taken port is told before anything else is started. `key` is the setting
/// to name in the failure.
[[nodiscard]] result<void> can_listen(const listen_address& where, std::string_view key);

class http_server {
public:
  static constexpr std::size_t threads_max = 8;

  http_server();
  ~http_server(); // stops

  /// `pattern` is a regular expression for the whole path, with at most one group. Before `start`.
  void get(const std::string& pattern, http_handler handler);
  void post(const std::string& pattern, http_handler handler); // a body is not read

  /// Headers that every answer carries.
  void always(std::string name, std::string value);

  /// Listens and serves in threads of its own; returns the port.
  [[nodiscard]] result<std::uint16_t> start(const listen_address& where, std::string_view key);

  /// Ends streams and closes connections; returns when all threads have ended.
  void stop();

  /// Whether `stop` has been called; any thread.
  [[nodiscard]] bool stopping() const noexcept;

private:
  struct server;
  std::unique_ptr<server> server_;
};

} // namespace cleartap
