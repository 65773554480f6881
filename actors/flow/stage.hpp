// What every actor of the pipeline does alike: wake up when credit comes back, end when all is passed on, keep the text
// of an exception. Refuses to know any stage.
#pragma once

#include "messages/interfaces.hpp"

#include <exception>
#include <functional>

namespace cleartap::flow {

/// Tells the actor that credit came back. Keeps nobody alive.
template <class Self>
std::function<void()> wake(Self* self) {
  return [address = caf::actor_cast<caf::actor_addr>(self)] {
    if (auto target = caf::actor_cast<caf::actor>(address))
      caf::anon_send(target, credit_atom_v);
  };
}

/// CAF drops the text of an exception that ends an actor; with this it is the reason that the supervisor sees.
template <class Self>
void keep_exception_text(Self* self) {
  self->set_exception_handler([](caf::scheduled_actor*, std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      return caf::make_error(caf::sec::runtime_error, error.what());
    } catch (...) {
      return caf::make_error(caf::sec::runtime_error, "an exception without text");
    }
  });
}

/// What the sender of an error wrote, without CAF's words around it.
inline std::string text_of(const caf::actor_system& system, const caf::error& error) {
  const auto& context = error.context();
  return context.match_elements<std::string>() ? context.get_as<std::string>(0) : system.render(error);
}

/// Ends a draining actor once nothing waits in its outlets.
template <class Self, class... Outlets>
void end_when_idle(Self* self, const actor_status& status, const Outlets&... outlets) {
  if (status.phase == actor_phase::draining && (outlets.idle() && ...))
    self->quit();
}

} // namespace cleartap::flow
