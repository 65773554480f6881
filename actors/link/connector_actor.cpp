#include "actors/link/connector_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/link/dial.hpp"
#include "actors/link/parts.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto dial_answer_max = dial_time_max + 2 * dial_step_max; // an address that was begun is tried to its end
constexpr auto introduction_time_max = 5s;                          // of CAF's own handshake
constexpr auto answer_time_max = 10min;                             // a safety net, as in the uplink
// Two of the requests that the reconstructor grants are kept for hello and good-bye.
constexpr auto parts_max = wire_requests_max - 2;

using self_pointer = connector_actor::stateful_pointer<connector_state>;
using promise = connector_state::promise;
using answer = caf::result<watermark_atom, std::uint64_t>;

dialer_actor::behavior_type dialer(dialer_actor::pointer self, connector_setup setup) {
  flow::keep_exception_text(self);
  return {[setup](dial_atom) -> caf::result<tls_peer_pointer> {
    auto peer = dial(setup.config->link.connect, setup.config->link.peer_name, *setup.identity, *setup.stopping);
    setup.status->show_certificate(setup.identity->end());
    if (!peer)
      return caf::make_error(caf::sec::cannot_connect_to_node, peer.error().text);
    return std::make_shared<tls_peer>(std::move(*peer));
  }};
}

void publish(connector_state& state) {
  state.setup.status->update([&](auto& shown) { shown.open_parts = state.open_parts; });
}

void fail_all(connector_state& state) {
  auto fail = [](promise& each) { each.deliver(caf::make_error(caf::sec::remote_linking_failed)); };
  for (auto& [number, each] : state.unanswered)
    fail(each);
  for (auto& each : state.waiting)
    fail(each.answer);
  state.unanswered.clear();
  state.waiting.clear();
  state.parts.clear();
  state.open_parts = state.open_bytes = 0;
}

void dial_later(self_pointer self) {
  auto& state = self->state;
  auto random = std::uniform_real_distribution{}(state.random);
  self->delayed_send(self, state.delay->next(random), tick_atom_v);
}

void lose_session(self_pointer self, const std::string& why) {
  auto& state = self->state;
  ++state.turn;
  auto was_connected = bool{state.session};
  if (state.connection)
    state.connection->cut(why);
  // Else CAF answers the next connect_atom with this connection, dead or not.
  caf::anon_send(state.setup.link->broker(), caf::close_atom_v, state.handle);
  state.connection = nullptr;
  state.session = nullptr;
  fail_all(state);
  if (was_connected)
    self->send(state.uplink, facade_actor{});
  auto repeated = false;
  state.setup.status->update([&](auto& shown) {
    repeated = !shown.connected && shown.last_error == why;
    if (shown.connected)
      shown.since = std::chrono::system_clock::now();
    shown.connected = false;
    shown.last_error = why;
    shown.open_parts = 0;
    ++shown.failures;
  });
  spdlog::log(repeated ? spdlog::level::debug : spdlog::level::warn, "link: not connected to the reconstructor: {}",
              why);
  dial_later(self);
}

void on_connected(self_pointer self) {
  auto& state = self->state;
  state.delay->reset();
  state.setup.status->update([&](auto& shown) {
    shown.connected = true;
    shown.since = std::chrono::system_clock::now();
    ++shown.connects;
  });
  spdlog::info("link: connected to the reconstructor at {}", state.connection->peer());
  if (state.uplink)
    self->send(state.uplink, caf::actor_cast<facade_actor>(self));
}

/// The name in our certificate; a wildcard's first label is `node`.
std::string claimed_name(const std::string& in_certificate, std::string label) {
  if (!in_certificate.starts_with("*."))
    return in_certificate;
  std::ranges::replace(label, '.', '-'); // a wildcard stands for one label
  return label + in_certificate.substr(1);
}

/// CAF's handshake over the authenticated connection; its answer is the actor that is ours to reach.
void introduce(self_pointer self, tls_peer& peer) {
  auto& state = self->state;
  auto turn = ++state.turn;
  auto address = caf::actor_cast<caf::actor_addr>(self);
  auto on_end = [address, turn](std::string_view why, tls_connection::ending) {
    if (auto target = caf::actor_cast<caf::actor>(address))
      caf::anon_send(caf::actor_cast<connector_actor>(target), link_lost{turn, std::string{why}});
  };
  state.own_name = peer.own_name;
  auto dialled = state.setup.link->dial(std::move(peer), on_end);
  state.connection = dialled.connection;
  state.handle = dialled.scribe->hdl();
  caf::anon_send(state.setup.link->broker(), caf::put_atom_v, state.handle);
  self->request(state.setup.link->broker(), introduction_time_max, caf::connect_atom_v, std::move(dialled.scribe),
                std::uint16_t{1})
      .then(
          [=](const caf::node_id&, caf::strong_actor_ptr& whom, std::set<std::string>& interface) {
            if (turn != self->state.turn)
              return;
            if (!whom || !self->system().assignable(interface, self->system().message_types(session_actor{})))
              return lose_session(self, "the reconstructor has another version of cleartap");
            self->state.session = caf::actor_cast<session_actor>(whom);
            self->monitor(self->state.session);
            on_connected(self);
          },
          [=](const caf::error& error) {
            if (turn == self->state.turn)
              lose_session(self, flow::text_of(self->system(), error));
          });
}

void begin_dial(self_pointer self) {
  auto turn = ++self->state.turn;
  auto current = [self, turn] { return turn == self->state.turn; };
  self->request(self->state.dialer, dial_answer_max, dial_atom_v)
      .then(
          [=](const tls_peer_pointer& peer) {
            if (current())
              introduce(self, *peer);
          },
          [=](const caf::error& error) {
            if (current())
              lose_session(self, flow::text_of(self->system(), error));
          });
}

/// Asks the session. The answer goes to `to`, if there is one, and calls `then` first.
template <class Message>
void ask(self_pointer self, std::optional<promise> to, std::function<void()> then, Message message) {
  auto& state = self->state;
  auto turn = state.turn;
  auto number = ++state.requests;
  if (to)
    state.unanswered.emplace(number, *to);
  state.status->messages_out.fetch_add(1, std::memory_order_relaxed);
  auto take = [=](const auto& deliver) {
    if (turn != self->state.turn)
      return;
    then();
    if (auto node = self->state.unanswered.extract(number))
      deliver(node.mapped());
  };
  self->request(state.session, answer_time_max, std::move(message))
      .then([=](watermark_atom,
                std::uint64_t mark) { take([&](promise& asked) { asked.deliver(watermark_atom_v, mark); }); },
            [=](const caf::error& error) { take([&](promise& asked) { asked.deliver(error); }); });
}

void send_parts(self_pointer self) {
  auto& state = self->state;
  while (!state.waiting.empty() && state.open_parts < parts_max) {
    auto& [batch, to] = state.waiting.front();
    if (state.parts.empty()) {
      auto parts = split(batch.number, state.encoder.encode(*batch.content));
      std::ranges::move(parts, std::back_inserter(state.parts));
    }
    auto size = state.parts.front().bytes.size();
    if (state.open_bytes + size > wire_bytes_max)
      break;
    state.open_bytes += size;
    ++state.open_parts;
    auto part = std::move(state.parts.front());
    state.parts.pop_front();
    auto answered = [self, size] {
      self->state.open_bytes -= size;
      --self->state.open_parts;
      send_parts(self);
    };
    auto last = state.parts.empty();
    auto asker = last ? std::optional{to} : std::nullopt;
    if (last)
      state.waiting.pop_front();
    ask(self, asker, answered, std::move(part));
  }
  publish(state);
}

/// What the uplink asks while there is no session fails at once; it is told when there is one.
template <class Handle>
answer with_session(self_pointer self, Handle handle) {
  auto& state = self->state;
  state.status->messages_in.fetch_add(1, std::memory_order_relaxed);
  if (!state.session)
    return caf::make_error(caf::sec::cannot_connect_to_node);
  auto to = self->make_response_promise<watermark_atom, std::uint64_t>();
  handle(to);
  return to;
}

answer say_hello(self_pointer self, const sender_id& sender) {
  return with_session(self, [&](promise to) {
    const auto& node = self->state.setup.config->link.node;
    auto name = claimed_name(self->state.own_name, node.empty() ? sender.sniffer : node);
    self->state.setup.status->update([&](auto& shown) { shown.name = name; });
    ask(self, to, [] {}, wire_hello{wire_version, name, sender.epoch});
  });
}

void on_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  if (state.session && down.source == state.session)
    lose_session(self, "the reconstructor ended the session");
}

} // namespace

connector_state::~connector_state() {
  if (connection) {
    connection->cut("the connector has ended");
    caf::anon_send(setup.link->broker(), caf::close_atom_v, handle);
  }
  if (dialer)
    caf::anon_send_exit(dialer, caf::exit_reason::user_shutdown);
}

connector_actor::behavior_type connector(self_pointer self, flow::actor_status* status, connector_setup setup) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  state.setup = setup;
  state.delay.emplace(setup.config->link.retry_max);
  state.dialer = self->spawn<caf::detached>(dialer, setup);
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  self->send(self, tick_atom_v);
  return {
      [self](drain_atom) { self->quit(); },
      [self](const new_settings& news) {
        self->state.setup.config = news.now;
        self->state.delay->limit(news.now->link.retry_max);
      },
      [self](hello_atom, const sender_id& sender) { return say_hello(self, sender); },
      [self](const numbered_batch& batch) {
        return with_session(self, [&](promise to) {
          self->state.waiting.push_back({batch, to});
          send_parts(self);
        });
      },
      [self](const farewell& last) {
        return with_session(self, [&](promise to) { ask(self, to, [] {}, wire_goodbye{last.offered, last.dropped}); });
      },
      [self](const uplink_actor& uplink) {
        self->state.uplink = uplink;
        // Nobody waits for what the last one asked; the new one asks anew.
        self->state.waiting.clear();
        self->state.parts.clear();
        if (self->state.session)
          self->send(uplink, caf::actor_cast<facade_actor>(self));
      },
      [self](tick_atom) { begin_dial(self); },
      [self](const link_lost& lost) {
        if (lost.session == self->state.turn)
          lose_session(self, lost.why);
      },
  };
}

} // namespace cleartap
