// An actor system for one test, and waiting for what other threads do.
#pragma once

#include "messages/interfaces.hpp"

#include <chrono>
#include <thread>

namespace cleartap {

struct running_system {
  struct system_config : caf::actor_system_config {
    system_config() {
      add_message_types<caf::id_block::cleartap>();
      set("scheduler.max-threads", 2u);
    }
  };

  system_config caf_config;
  caf::actor_system system{caf_config};
  caf::scoped_actor self{system};
};

/// Whether the condition became true within five seconds. Counters have no event to wait for, hence the polling.
template <class Condition>
bool eventually(Condition condition) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace cleartap
