// A server of a test's own, and a cleartap and a watcher that are at work on it once they are asked for. Refuses to
// know what is tested.
#pragma once

#include "test/support/scene.hpp"

namespace cleartap::support {

class program_scene {
public:
  /// The server's command gets the port, the certificate's files and a directory of its own as its last words.
  explicit program_scene(std::vector<std::string> server);

  std::uint16_t port() const noexcept { return port_; }
  std::string authority() const { return "localhost:" + std::to_string(port_); }
  std::string url(const std::string& path) const { return "https://" + authority() + path; }
  const child& server() const noexcept { return server_; }
  const std::filesystem::path& home() const noexcept { return home_.path(); }

  /// Starts cleartap, and calls `path` by curl until that is seen at both ends.
  void open_watch(const std::string& path);

  // After open_watch.
  sniffer& tap() { return *tap_; }
  watcher& watch() { return *watch_; }

  /// What is seen of the call to this path at both ends.
  observed_call expect_call(const std::string& path) {
    return {watch().expect_one(called("client", authority(), path)),
            watch().expect_one(called("server", authority(), path))};
  }

private:
  temporary_directory home_;
  std::uint16_t port_ = free_port();
  child server_;
  std::optional<sniffer> tap_;
  std::optional<watcher> watch_;
};

/// The script of that name in test/e2e/programs.
[[nodiscard]] std::string program_script(const std::string& name);

/// Whether a shell command succeeds, such as one that asks for a module.
[[nodiscard]] bool succeeds(const std::string& shell_command);

} // namespace cleartap::support
