#include "actors/wiring/link_part.hpp"

#include "actors/http/http_server.hpp"

#include <spdlog/spdlog.h>

namespace cleartap::wiring {

namespace {

tls_files files_of(const settings& config) { return {config.link.cert, config.link.key, config.link.ca}; }

} // namespace

link_part::link_part(const live_settings& live, tls_side side)
    : live_{&live}
    , identity_{side, files_of(*live.current()), [](const std::string& text) { spdlog::info("link: {}", text); }}
    , host_{*live.current()} {}

result<void> link_part::prepare() {
  if (auto read = identity_.refresh(); !read)
    return failure{read.error().text + "; `cleartap certs` makes certificates for both sides"};
  return {};
}

void link_part::add_connector(plan& into, caf::actor_system& system, std::size_t uplink) {
  remoting_.emplace(system);
  auto connectors = into.add_stage("connector", "", 1, [&](actor_status& status, std::size_t) -> spawn_fn {
    return [this, &status](caf::actor_system& in) {
      auto setup = connector_setup{live_->current(), &*remoting_, &host_.status, &identity_, &stopping_};
      return caf::actor_cast<caf::actor>(in.spawn(connector, &status, setup));
    };
  });
  into.mark_live(connectors);
  into.introduce(connectors[0], uplink, send_subject<uplink_actor>());
}

std::size_t link_part::add_listener(plan& into, caf::actor_system& system) {
  remoting_.emplace(system);
  auto listeners = into.add_stage("listener", "", 1, [&](actor_status& status, std::size_t) -> spawn_fn {
    return [this, &status](caf::actor_system& in) {
      auto setup = listener_setup{live_->current(), &*remoting_, &host_, &identity_};
      return caf::actor_cast<caf::actor>(in.spawn(listener, &status, setup));
    };
  });
  into.mark_live(listeners);
  return listeners[0];
}

} // namespace cleartap::wiring
