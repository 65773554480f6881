// Puts a process together: which actors run, which edges join them, in which order they start and end. What they do is
// theirs.
#pragma once

#include "config/node_role.hpp"
#include "config/settings.hpp"
#include "messages/probing.hpp"
#include "messages/result.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cleartap {

class watch_hub;

class node {
public:
  /// Starts everything, or nothing. `on_failure` is called once, from any thread, if the node can no longer go on.
  [[nodiscard]] static result<std::unique_ptr<node>> start(const settings& config, node_role role,
                                                           std::function<void(const std::string&)> on_failure);

  /// Stops in order: what was captured is passed on and stored first.
  virtual ~node() = default;

  virtual const watch_status* watched() const = 0; // nothing without a sniffer
  virtual watch_hub* watchers() = 0;               // nothing without a sniffer
  virtual std::string page_url() const = 0;        // empty until it listens, and without a page
};

} // namespace cleartap
