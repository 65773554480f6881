// The one actor that a peer can reach: puts its parts together and passes whole batches on, under the name that its
// certificate vouches for. Expendable: whatever a peer does to it, it does to its own session.
//
//   (hello) name claimed -> part ... part -> [rate, memory] -> decoded -> intake -> its watermark -> answer
#pragma once

#include "actors/link/exchange_codec.hpp"
#include "actors/link/link_host.hpp"
#include "actors/link/parts.hpp"
#include "actors/link/tls_peer.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <map>
#include <optional>

namespace cleartap {

struct session_state {
  static inline const char* name = "session";

  session_state() = default; // or CAF would initialise the aggregate's first member from the actor itself
  ~session_state();

  using promise = caf::typed_response_promise<watermark_atom, std::uint64_t>;
  struct waiting_part {
    wire_part part;
    promise answer;
  };

  link_host* host = nullptr;
  std::shared_ptr<tls_connection> connection;
  peer_certificate certificate;
  facade_actor intake;
  std::shared_ptr<session_record> record; // once the hello was taken
  std::deque<waiting_part> inbox;         // at most the peer's window, which its frame_gate keeps
  bool tick_pending = false;
  std::optional<token_bucket> rate;
  part_assembly assembly{batch_size_max};
  memory_budget::holder held = memory_budget::make_holder(); // by batches until they are learned
  std::optional<memory_budget::share> memory;                // of the batch that is being put together
  exchange_decoder decoder;
  std::map<std::uint64_t, promise> unanswered; // by the request to intake; no more than the peer's window
  std::uint64_t requests = 0;
  std::uint64_t watermark = 0; // the last that intake told
};

/// `host` outlives the actor.
local_session_actor::behavior_type session(local_session_actor::stateful_pointer<session_state> self, link_host* host,
                                           peer_certificate certificate, facade_actor intake);

} // namespace cleartap
