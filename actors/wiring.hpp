// Puts a process together: which actors run, which edges join them, in which order they start and end. The only place
// that knows all of them; what they do is theirs.
#pragma once

#include "config/settings.hpp"
#include "messages/probing.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cleartap {

class watch_hub;

/// What runs in this process.
enum class node_parts : std::uint8_t {
  standalone, // sniffer and reconstructor
  watch_only  // capture for one watcher: nothing is stored and nothing listens
};

class node {
public:
  /// Starts everything, or nothing. `on_failure` is called once, from any thread, if the node can no longer go on.
  [[nodiscard]] static result<std::unique_ptr<node>> start(const settings& config, node_parts parts,
                                                           std::function<void(const std::string&)> on_failure);

  /// Stops in order: what was captured is passed on and stored first.
  virtual ~node() = default;

  virtual const watch_status& watched() const = 0;
  virtual watch_hub& watchers() = 0;
  virtual std::string page_url() const = 0; // empty until it listens, or if there is none
};

} // namespace cleartap
