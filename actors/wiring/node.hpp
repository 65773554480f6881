// Puts a process together: which actors run, which edges join them, in which order they start and end. What they do is
// theirs.
#pragma once

#include "config/node_role.hpp"
#include "config/reload.hpp"
#include "config/settings.hpp"
#include "messages/probing.hpp"
#include "messages/result.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cleartap {

class watch_hub;

/// What the process around the node provides; each is called from any thread.
struct node_hooks {
  std::function<void(const std::string&)> on_failure; // once, if the node can no longer go on
  std::function<result<setting_changes>()> reload; // reads the settings anew, for `cleartap ctl reload`; may be empty
};

class node {
public:
  /// Starts everything, or nothing.
  [[nodiscard]] static result<std::unique_ptr<node>> start(const settings& config, node_role role, node_hooks hooks);

  /// Stops in order: what was captured is passed on and stored first.
  virtual ~node() = default;

  /// Puts these settings in force, or nothing of them, and returns what changed. Not by two threads at once. Actors
  /// take over what is theirs soon after.
  [[nodiscard]] virtual result<setting_changes> reload(const settings& next) = 0;

  virtual const watch_status* watched() const = 0; // nothing without a sniffer
  virtual watch_hub* watchers() = 0;               // nothing without a sniffer
  virtual std::string page_url() const = 0;        // empty until it listens, and without a page
};

} // namespace cleartap
