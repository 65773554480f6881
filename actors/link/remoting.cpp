#include "actors/link/remoting.hpp"

#include <caf/binary_serializer.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <sys/random.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

// A peer that is stopped, or whose packets are lost, is noticed in at most their sum.
constexpr auto heartbeat = 500ms;
constexpr auto silence_max = 6s;
// Acknowledgements and small errors, or the window's requests: more waits only for a peer that does not read.
constexpr auto unsent_max = 2 * wire_bytes_max;

/// What CAF's stream asks for. Lives and dies in the multiplexer's thread.
class tls_policy {
public:
  using rw_state = caf::io::network::rw_state;
  using native_socket = caf::io::network::native_socket;

  explicit tls_policy(std::shared_ptr<tls_connection> connection) : connection_{std::move(connection)} {}
  tls_policy(tls_policy&&) = default;
  ~tls_policy() {
    if (!connection_)
      return;
    connection_->cut("closed");
    connection_->closed();
  }

  rw_state read_some(std::size_t& size, native_socket, void* into, std::size_t room) {
    return state(connection_->read({static_cast<char*>(into), room}, size));
  }
  rw_state write_some(std::size_t& size, native_socket, const void* from, std::size_t count) {
    return state(connection_->write({static_cast<const char*>(from), count}, size));
  }
  bool must_read_more(native_socket, std::size_t) { return connection_->has_more(); }

private:
  static rw_state state(bool alive) { return alive ? rw_state::success : rw_state::failure; }

  std::shared_ptr<tls_connection> connection_;
};

class tls_scribe final : public caf::io::scribe {
public:
  tls_scribe(caf::io::network::default_multiplexer& backend, int fd, std::shared_ptr<tls_connection> connection,
             caf::strong_actor_ptr session)
      : scribe{next_handle()}
      , connection_{connection}
      , session_{std::move(session)}
      , stream_{backend, fd, tls_policy{std::move(connection)}} {}

  ~tls_scribe() override {
    if (session_) // a reason without context: the peer's gate lets nothing else through
      caf::anon_send_exit(session_, caf::exit_reason::user_shutdown);
  }

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!std::exchange(launched_, true))
      stream_.start(this);
  }
  void flush() override {
    if (stream_.wr_buf().size() > unsent_max)
      connection_->end("the peer does not read what it is sent");
    stream_.flush(this);
  }
  void graceful_shutdown() override {
    connection_->end("closed by this side");
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  std::string addr() const override { return connection_->peer(); }
  std::uint16_t port() const override { return 0; }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

private:
  /// CAF's own handles are descriptor numbers: the late clean-up of a connection could hit the next one.
  static caf::io::connection_handle next_handle() {
    static auto next = std::atomic<std::int64_t>{std::int64_t{1} << 32};
    return caf::io::connection_handle::from_int(next++);
  }

  std::shared_ptr<tls_connection> connection_;
  caf::strong_actor_ptr session_;
  bool launched_ = false;
  caf::io::network::stream_impl<tls_policy> stream_;
};

class link_broker final : public caf::io::basp_broker {
public:
  using basp_broker::basp_broker;

  caf::behavior make_behavior() override {
    auto ours = caf::message_handler{
        // CAF begins an outgoing connection with last_seen = 0 and would drop it at the next heartbeat.
        [this](caf::put_atom, caf::io::connection_handle handle) { set_context(handle); },
        [this](caf::close_atom, caf::io::connection_handle handle) {
          connection_cleanup(handle, caf::sec::none);
          close(handle);
        }};
    return ours.or_else(basp_broker::make_behavior());
  }

  /// CAF's own would spawn and keep a helper actor per node.
  void learned_new_node_directly(const caf::node_id&, bool) override {}
};

/// CAF's node id is a hash of the network cards and the pid: two containers can have the same one.
void randomise_node(caf::actor_system& system) {
  auto host = caf::node_id::default_data::host_id_type{};
  auto pid = std::uint32_t{0};
  static_cast<void>(!getrandom(host.data(), host.size(), 0));
  static_cast<void>(!getrandom(&pid, sizeof pid, 0));
  const_cast<caf::node_id&>(system.node()) = caf::make_node_id(pid | 1, host); // no public way, and none needed later
}

} // namespace

struct remoting::node_table {
  std::mutex mutex;
  std::map<node_bytes, std::weak_ptr<tls_connection>> nodes;

  bool claim(const node_bytes& node, const std::weak_ptr<tls_connection>& speaker) {
    auto guard = std::lock_guard{mutex};
    std::erase_if(nodes, [](const auto& each) { return each.second.expired(); });
    auto [known, fresh] = nodes.emplace(node, speaker);
    return fresh || known->second.lock() == speaker.lock();
  }
};

void remoting::configure(caf::actor_system_config& config) {
  config.load<caf::io::middleman>();
  config.set("middleman.heartbeat-interval", caf::timespan{heartbeat});
  config.set("middleman.connection-timeout", caf::timespan{silence_max});
}

remoting::remoting(caf::actor_system& system) : system_{system}, nodes_{std::make_shared<node_table>()} {
  randomise_node(system);
  broker_ = system.middleman().named_broker<link_broker>(caf::atom("link"));
}

node_bytes remoting::own_node() const {
  auto out = std::vector<char>{};
  auto sink = caf::binary_serializer{system_, out};
  auto bytes = node_bytes{};
  if (auto error = sink(system_.node()); error || out.size() != bytes.size())
    throw std::logic_error{"this CAF writes node ids in another way"};
  std::ranges::copy(out, bytes.begin());
  return bytes;
}

std::shared_ptr<tls_connection> remoting::make_connection(tls_peer& peer, frame_gate::side side, std::uint64_t facade,
                                                          tls_connection::on_end_fn on_end) {
  auto self = std::make_shared<std::weak_ptr<tls_connection>>(); // known only once the connection is there
  auto claim = [self, nodes = nodes_](const node_bytes& node) { return nodes->claim(node, *self); };
  auto connection =
      std::make_shared<tls_connection>(std::move(peer.ssl), peer.fd.get(), peer.address,
                                       frame_gate{side, own_node(), facade, std::move(claim)}, std::move(on_end));
  *self = connection;
  return connection;
}

caf::io::scribe_ptr remoting::make_scribe(int fd, std::shared_ptr<tls_connection> connection,
                                          caf::strong_actor_ptr session) {
  auto& backend = static_cast<caf::io::network::default_multiplexer&>(system_.middleman().backend());
  return caf::make_counted<tls_scribe>(backend, fd, std::move(connection), std::move(session));
}

void remoting::serve(tls_peer peer, const local_session_actor& session, tls_connection::on_end_fn on_end) {
  auto whom = caf::actor_cast<caf::strong_actor_ptr>(session);
  auto connection = make_connection(peer, frame_gate::side::server, whom->id(), std::move(on_end));
  caf::anon_send(session, connection);
  // CAF's handler for a connection without a port that was opened; the number only names it.
  caf::anon_send(broker_, caf::publish_atom_v, make_scribe(peer.fd.release(), connection, whom), std::uint16_t{1}, whom,
                 system_.message_types(session_actor{}));
}

remoting::dialled remoting::dial(tls_peer peer, tls_connection::on_end_fn on_end) {
  auto connection = make_connection(peer, frame_gate::side::client, 0, std::move(on_end));
  return {connection, make_scribe(peer.fd.release(), connection, nullptr)};
}

} // namespace cleartap
