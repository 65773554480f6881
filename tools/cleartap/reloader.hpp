// Reads the settings of a running node anew, on SIGHUP or when `cleartap ctl reload` asks, and tells the log what
// became of it.
#pragma once

#include "actors/wiring/node.hpp"
#include "tools/cleartap/command.hpp"

#include <mutex>

namespace cleartap {

class reloader {
public:
  reloader(config_options options, node_role role) : options_{std::move(options)}, role_{role} {}

  /// The node that the settings are for; it outlives this.
  void attach(node& running);

  /// Any thread. Nothing changes unless all of the file and of the command line is right.
  result<setting_changes> reload();

private:
  result<setting_changes> replace();

  const config_options options_;
  const node_role role_;
  std::mutex mutex_;
  node* node_ = nullptr;
};

/// What logLevel says.
void set_log_level(const settings& config);

} // namespace cleartap
