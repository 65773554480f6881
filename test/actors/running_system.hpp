// An actor system for one test.
#pragma once

#include "messages/interfaces.hpp"
#include "test/support/wait_until.hpp"

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

using support::wait_until;

} // namespace cleartap
