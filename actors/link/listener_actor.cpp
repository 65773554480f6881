#include "actors/link/listener_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/link/session_actor.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

// Beside those with a name: peers that have shaken hands and not said hello yet.
constexpr auto nameless_max = std::size_t{64};

using self_pointer = listener_actor::stateful_pointer<listener_state>;

/// An authorised peer may begin and end sessions without end; the log must not follow.
void log_end(link_host& host, const std::string& address, std::string_view why) {
  auto left_out = host.log.admit(std::chrono::steady_clock::now());
  if (!left_out)
    return;
  if (*left_out > 0)
    spdlog::info("link: the ends of {} more sessions were not logged", *left_out);
  spdlog::info("link: the session of {} has ended: {}", address, why);
}

void let_in(self_pointer self, tls_peer& peer) {
  auto& state = self->state;
  state.status->messages_in.fetch_add(1, std::memory_order_relaxed);
  if (state.sessions.size() >= state.host->sessions.limit() + nameless_max) {
    state.host->status.count_refusal("there are link.sessions_max sessions already");
    return; // the peer's destructor closes the connection
  }
  auto fresh = self->spawn(session, state.host, peer.certificate, state.intake);
  self->monitor(fresh);
  state.sessions.insert(fresh);
  auto on_end = [address = peer.address, host = state.host](std::string_view why, tls_connection::ending how) {
    if (how == tls_connection::ending::refused)
      host->status.count_refusal(why);
    log_end(*host, address, why);
  };
  state.link->serve(std::move(peer), fresh, on_end);
}

} // namespace

listener_state::~listener_state() {
  for (const auto& each : sessions)
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
}

listener_actor::behavior_type listener(self_pointer self, flow::actor_status* status, listener_setup setup) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  state.link = setup.link;
  state.host = setup.host;
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(self->state.sessions, [&](const auto& each) { return each == down.source; });
  });
  auto address = caf::actor_cast<caf::actor_addr>(self);
  auto on_peer = [address](tls_peer peer) {
    if (auto target = caf::actor_cast<caf::actor>(address))
      caf::anon_send(caf::actor_cast<listener_actor>(target), std::make_shared<tls_peer>(std::move(peer)));
  };
  auto door = tls_listener::open(setup.config->link.listen, setup.config->link.peer_name, *setup.identity,
                                 setup.host->status, std::move(on_peer));
  if (!door)
    throw std::runtime_error{door.error().text};
  state.door = std::move(*door);
  return {
      [self](drain_atom) {
        self->state.door.reset();
        self->quit();
      },
      [self](const new_settings& news) { self->state.host->limit(*news.now); },
      [self](const facade_actor& intake) {
        self->state.intake = intake;
        for (const auto& each : self->state.sessions)
          self->send(each, intake);
      },
      [self](const tls_peer_pointer& peer) { let_in(self, *peer); },
  };
}

} // namespace cleartap
