#include "actors/link/session_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/link/peer_names.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto hello_time_max = 5s;
constexpr auto certificate_interval = 30s; // how often a live session's certificate is looked at
constexpr auto answer_time_max = 10min;    // of intake: a safety net, as in the uplink
constexpr auto memory_retry = 50ms;
// What a batch of text becomes when it is decompressed and decoded, about; set right once it is known.
constexpr auto expansion = std::size_t{6};
constexpr auto batch_memory_max = std::size_t{128} << 20;

using self_pointer = local_session_actor::stateful_pointer<session_state>;
using answer = caf::result<watermark_atom, std::uint64_t>;
using promise = session_state::promise;

/// The batch and the memory that it holds until the inventory has learned it.
struct held_batch {
  exchange_batch batch;
  memory_budget::share memory;
};

/// Ends the session because of what its peer did. Errors go to the peer without context: nothing else may pass.
caf::error end(self_pointer self, const std::string& why) {
  self->state.host->status.count_refusal(why);
  if (self->state.connection)
    self->state.connection->cut(why);
  self->quit(caf::exit_reason::user_shutdown);
  return caf::make_error(caf::sec::invalid_argument);
}

void relay(self_pointer self, promise to, std::uint64_t number) {
  self->state.watermark = std::max(self->state.watermark, number);
  to.deliver(watermark_atom_v, number);
}

/// Has the peer try again.
void ask_again(promise& asked) { asked.deliver(caf::make_error(caf::sec::request_receiver_down)); }

/// What the last intake was asked and had not answered is never answered: CAF tells nobody of a promise that died. The
/// peer would wait for it, and its window would have less room each time.
void change_intake(self_pointer self, const facade_actor& fresh) {
  self->state.intake = fresh;
  for (auto& [number, asked] : std::exchange(self->state.unanswered, {}))
    ask_again(asked);
}

/// Intake's answer becomes the peer's; its errors lose their context.
template <class Message, class... More>
void pass_on(self_pointer self, promise to, Message&& first, More&&... more) {
  if (!self->state.intake) {
    to.deliver(caf::make_error(caf::sec::cannot_open_port));
    return;
  }
  auto request = ++self->state.requests;
  self->state.unanswered.emplace(request, to);
  auto take = [=](const auto& deliver) {
    if (auto node = self->state.unanswered.extract(request))
      deliver(node.mapped());
  };
  self->request(self->state.intake, answer_time_max, std::forward<Message>(first), std::forward<More>(more)...)
      .then([=](watermark_atom, std::uint64_t number) { take([&](promise& asked) { relay(self, asked, number); }); },
            [=](const caf::error&) { take(ask_again); });
}

promise take_hello(self_pointer self, const wire_hello& hello) {
  auto& state = self->state;
  auto to = self->make_response_promise<watermark_atom, std::uint64_t>();
  auto refuse = [&](const std::string& why) {
    to.deliver(end(self, why));
    return to;
  };
  if (hello.version != wire_version)
    return refuse("it speaks version " + std::to_string(hello.version) + " of the link, this side " +
                  std::to_string(wire_version) + "; run the same version of cleartap on both");
  if (!vouches_for(state.certificate.get(), hello.name))
    return refuse("its certificate does not vouch for the name that it gives itself");
  auto sender = sender_id{hello.name, hello.epoch};
  if (state.record && state.record->sender != sender)
    return refuse("it says another hello in one session");
  if (!state.record) {
    auto claimed =
        state.host->sessions.claim(sender, state.connection, steady::now(), std::chrono::system_clock::now());
    if (!claimed)
      return refuse(claimed.error().text);
    state.record = *claimed;
    spdlog::info("link: sniffer {} is connected from {}", hello.name, state.connection->peer());
  }
  pass_on(self, to, hello_atom_v, sender);
  return to;
}

/// The exchanges of a whole batch, with their memory; nothing if the peer sent something else.
std::shared_ptr<const exchange_batch> decode(session_state& state, std::span<const std::uint8_t> bytes,
                                             std::string& why) {
  auto batch = state.decoder.decode(bytes, batch_memory_max);
  if (!batch) {
    why = batch.error().text;
    return nullptr;
  }
  state.memory->resize(size_in_memory(*batch));
  auto held = std::make_shared<held_batch>(std::move(*batch), std::move(*state.memory));
  state.memory.reset();
  state.record->batches.fetch_add(1, std::memory_order_relaxed);
  state.record->exchanges.fetch_add(held->batch.size(), std::memory_order_relaxed);
  return {held, &held->batch};
}

void take_part(self_pointer self, session_state::waiting_part next) {
  auto& state = self->state;
  auto whole = state.assembly.add(next.part);
  auto why = whole ? std::string{} : whole.error().text;
  if (whole && !*whole) {
    next.answer.deliver(watermark_atom_v, state.watermark);
    return;
  }
  auto content = whole ? decode(state, **whole, why) : nullptr;
  if (content)
    pass_on(self, next.answer, numbered_batch{state.record->sender, next.part.number, std::move(content)});
  else
    next.answer.deliver(end(self, "it sent a batch that is none: " + why));
}

/// How long the next part must wait: the peer sends faster than it may, or the inventory does not keep up.
std::chrono::milliseconds wait_for_turn(session_state& state, const wire_part& part) {
  if (part.part == 0) {
    state.memory.reset(); // of a batch that began again
    auto estimate = part.parts * part.bytes.size() * expansion;
    state.memory = state.host->memory.take(estimate, state.held, state.host->sessions.size());
    if (!state.memory)
      return memory_retry;
  }
  auto wait = state.rate->wait(steady::now());
  if (wait == 0ms)
    static_cast<void>(state.rate->take(static_cast<double>(part.bytes.size()), steady::now()));
  return wait;
}

void take_waiting(self_pointer self) {
  auto& state = self->state;
  while (!state.inbox.empty() && !state.tick_pending) {
    auto wait = wait_for_turn(state, state.inbox.front().part);
    if (wait > 0ms) {
      state.record->delayed.fetch_add(1, std::memory_order_relaxed);
      state.tick_pending = true;
      self->delayed_send(self, wait, tick_atom_v);
      return;
    }
    auto next = std::move(state.inbox.front());
    state.inbox.pop_front();
    take_part(self, std::move(next));
  }
}

answer take_wire_part(self_pointer self, wire_part& part) {
  auto& state = self->state;
  if (!state.record)
    return end(self, "it sends a batch before its hello");
  auto to = self->make_response_promise<watermark_atom, std::uint64_t>();
  state.inbox.push_back({std::move(part), to});
  take_waiting(self);
  return to;
}

answer take_goodbye(self_pointer self, const wire_goodbye& last) {
  if (!self->state.record)
    return end(self, "it says good-bye before its hello");
  auto to = self->make_response_promise<watermark_atom, std::uint64_t>();
  pass_on(self, to, farewell{self->state.record->sender, last.offered, last.dropped});
  return to;
}

void look_at_certificate(self_pointer self) {
  if (!self->state.record)
    end(self, "it says no hello");
  else if (X509_cmp_current_time(X509_get0_notAfter(self->state.certificate.get())) < 0)
    end(self, "its certificate has expired");
}

} // namespace

session_state::~session_state() {
  if (record)
    host->sessions.release(record);
  if (connection)
    connection->cut("its session has ended");
}

local_session_actor::behavior_type session(self_pointer self, link_host* host, peer_certificate certificate,
                                           facade_actor intake) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.host = host;
  state.certificate = std::move(certificate);
  state.intake = std::move(intake);
  auto rate = static_cast<double>(host->rate_max.load());
  state.rate.emplace(rate, rate); // a burst of one second
  self->delayed_send(self, hello_time_max, stop_atom_v);
  return {
      [self](wire_hello& hello) { return take_hello(self, hello); },
      [self](wire_part& part) { return take_wire_part(self, part); },
      [self](const wire_goodbye& last) { return take_goodbye(self, last); },
      [self](const tls_connection_pointer& connection) { self->state.connection = connection; },
      [self](const facade_actor& fresh) { change_intake(self, fresh); },
      [self](tick_atom) {
        self->state.tick_pending = false;
        take_waiting(self);
      },
      [self](stop_atom) {
        look_at_certificate(self);
        self->delayed_send(self, certificate_interval, stop_atom_v);
      },
  };
}

} // namespace cleartap
