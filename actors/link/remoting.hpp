// The seam between CAF's remoting and our own TLS: CAF gets a broker without a port, and connections whose bytes have
// been decrypted and checked before it sees one. Written for CAF 0.17.6, by its public headers alone.
#pragma once

#include "actors/link/tls_connection.hpp"
#include "actors/link/tls_peer.hpp"
#include "messages/interfaces.hpp"

#include <caf/io/all.hpp>
#include <caf/io/scribe.hpp>
#include <map>
#include <memory>
#include <mutex>

namespace cleartap {

/// What both ends need of CAF. To be made right behind the actor system, before any actor that may be sent.
class remoting {
public:
  /// Sets what CAF's middleman needs; before the system is made.
  static void configure(caf::actor_system_config& config);

  explicit remoting(caf::actor_system& system);

  /// A connection that a peer has made: from now on it reaches `session`, and nothing else. The session is told its
  /// connection before any request, and is ended with it.
  void serve(tls_peer peer, const local_session_actor& session, tls_connection::on_end_fn on_end);

  /// A connection that we have made: `connected.scribe` goes to the broker in a connect_atom message.
  struct dialled {
    std::shared_ptr<tls_connection> connection;
    caf::io::scribe_ptr scribe;
  };
  dialled dial(tls_peer peer, tls_connection::on_end_fn on_end);

  const caf::actor& broker() const noexcept { return broker_; }

private:
  std::shared_ptr<tls_connection> make_connection(tls_peer& peer, frame_gate::side side, std::uint64_t facade,
                                                  tls_connection::on_end_fn on_end);
  caf::io::scribe_ptr make_scribe(int fd, std::shared_ptr<tls_connection> connection, caf::strong_actor_ptr session);
  node_bytes own_node() const;

  struct node_table; // which connection speaks as which node

  caf::actor_system& system_;
  std::shared_ptr<node_table> nodes_;
  caf::actor broker_;
};

} // namespace cleartap
