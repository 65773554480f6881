// The sniffer's end of the link: connects, translates what the uplink says for the wire, and begins again when the
// session is lost. Keeps nothing: the uplink's window does.
//
//   waiting -(tick)-> dialling -> introducing -> connected -(lost: closed, silent, refused)-> waiting, longer each time
#pragma once

#include "actors/link/backoff.hpp"
#include "actors/link/exchange_codec.hpp"
#include "actors/link/link_status.hpp"
#include "actors/link/remoting.hpp"
#include "actors/link/tls_identity.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <map>
#include <optional>
#include <random>

namespace cleartap {

/// What outlives the actor.
struct connector_setup {
  const settings* config = nullptr;
  remoting* link = nullptr;
  link_status* status = nullptr;
  tls_identity* identity = nullptr;
  std::atomic<bool>* stopping = nullptr; // ends a dial that is under way
};

struct connector_state {
  static inline const char* name = "connector";

  connector_state() = default; // or CAF would initialise the aggregate's first member from the actor itself
  ~connector_state();

  using promise = caf::typed_response_promise<watermark_atom, std::uint64_t>;
  struct waiting_batch {
    numbered_batch batch;
    promise answer;
  };

  flow::actor_status* status = nullptr;
  connector_setup setup;
  std::optional<backoff> delay;
  std::minstd_rand random{std::random_device{}()};
  uplink_actor uplink;
  dialer_actor dialer;
  tls_connection_pointer connection; // nothing while waiting or dialling
  caf::io::connection_handle handle; // CAF's name of the last connection
  session_actor session;             // nothing unless connected
  std::string own_name;              // in our certificate
  std::uint64_t turn = 0;            // grows with each session, so that late news of the last one counts no more
  std::deque<waiting_batch> waiting; // at most the uplink's window; fail with the session
  std::deque<wire_part> parts;       // of waiting.front(), which are not sent yet
  std::map<std::uint64_t, promise> unanswered; // by the request's number; fail with the session: CAF lets them wait
  std::uint64_t requests = 0;
  std::size_t open_parts = 0; // sent and not answered
  std::size_t open_bytes = 0;
  exchange_encoder encoder;
};

connector_actor::behavior_type connector(connector_actor::stateful_pointer<connector_state> self,
                                         flow::actor_status* status, connector_setup setup);

} // namespace cleartap
