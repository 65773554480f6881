// Who we are on the link, and whom we believe: certificate, key and CA from files that may change while we run. TLS 1.3
// with certificates on both sides, nothing else. Refuses to know sockets' addresses and what is sent.
#pragma once

#include "actors/link/openssl_pointers.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

enum class tls_side : std::uint8_t { server, client };

struct tls_files {
  std::filesystem::path certificate; // with its chain
  std::filesystem::path key;
  std::filesystem::path ca;
};

/// Thread-safe.
class tls_identity {
public:
  /// What happened to the files, for the log.
  using report_fn = std::function<void(const std::string& text)>;

  tls_identity(tls_side side, tls_files files, report_fn report);

  /// Reads the files if one of them changed. A set that does not fit together is refused, told once and not tried again
  /// until it changes; the one before stays in use. Fails while there has been none.
  [[nodiscard]] result<void> refresh();

  /// A connection's TLS over `fd`, which stays the caller's, with the files as they are now. A client checks that the
  /// server's certificate has the name `peer`, a host name or an IP address; "" or "*.x" is left to is_peer(), which
  /// both sides ask after the handshake.
  [[nodiscard]] result<ssl_ptr> session(int fd, const std::string& peer);

  /// Our own certificate's first name, and its end; nothing before the first refresh() that succeeded.
  std::optional<std::string> name() const;
  std::optional<std::chrono::sys_seconds> end() const;

private:
  result<ssl_ctx_ptr> read() const;
  std::string stamp() const;

  // A dialer that is still under way when its connector dies overlaps with the next one's.
  mutable std::recursive_mutex mutex_;
  tls_side side_;
  tls_files files_;
  report_fn report_;
  ssl_ctx_ptr context_;
  std::string stamp_; // of the files that were read or refused last
  std::string why_;   // there is no context
};

/// Days from `now` to `end`, rounded down; negative once it is over.
[[nodiscard]] std::chrono::days days_left(std::chrono::sys_seconds end, std::chrono::sys_seconds now) noexcept;

} // namespace cleartap
