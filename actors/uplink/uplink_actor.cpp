#include "actors/uplink/uplink_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::drop_reason;

// A safety net: a facade that dies or falls silent is noticed in seconds. A batch may have to wait for long behind
// those of many other sniffers, and to send it again would only make that longer.
constexpr auto answer_time_max = 10min;
constexpr auto retry_delay = 500ms;
// A batch that is not full is sent after so long: each costs a compression, a frame and an answer.
constexpr auto gather_time = 100ms;
// Within the supervisor's grace period: what is lost then is counted and said.
constexpr auto farewell_time_max = 2500ms;

using self_pointer = uplink_actor::stateful_pointer<uplink_state>;

void publish(const uplink_state& state) {
  state.status->queued.store(state.memory->window.exchanges(), std::memory_order_relaxed);
}

void sample_bodies(uplink_state& state, exchange_batch& batch) {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  for (auto& each : batch.exchanges)
    state.budget->apply(each, now);
  auto counted = state.budget->take_counted();
  state.bodies->in.fetch_add(counted.in, std::memory_order_relaxed);
  state.bodies->out.fetch_add(counted.out, std::memory_order_relaxed);
  state.bodies->drop(drop_reason::sampled, counted.sampled);
}

bool draining(const uplink_state& state) { return state.status->phase == flow::actor_phase::draining; }

void greet(self_pointer self);
void send_next(self_pointer self);

void on_acknowledged(self_pointer self, std::uint64_t number) {
  auto& state = self->state;
  state.status->out.fetch_add(state.memory->window.acknowledge(number), std::memory_order_relaxed);
  publish(state);
  send_next(self);
}

void on_refused(self_pointer self, const caf::error& error) {
  auto& state = self->state;
  spdlog::debug("delivery to the reconstructor failed: {}; {} exchanges wait", self->system().render(error),
                state.memory->window.exchanges());
  ++state.session; // from here on late answers count no more
  state.welcome = false;
  if (state.facade)
    self->delayed_send(self, retry_delay, tick_atom_v);
}

/// Asks; the answer counts only within this session.
template <class... Message>
void ask(self_pointer self, std::function<void(std::uint64_t)> answered, Message&&... message) {
  auto session = self->state.session;
  self->state.status->messages_out.fetch_add(1, std::memory_order_relaxed);
  self->request(self->state.facade, answer_time_max, std::forward<Message>(message)...)
      .then(
          [=](watermark_atom, std::uint64_t number) {
            if (session == self->state.session)
              answered(number);
          },
          [=](const caf::error& error) {
            if (session == self->state.session)
              on_refused(self, error);
          });
}

/// Everything that was not acknowledged is sent again, behind what the facade says it has.
void greet(self_pointer self) {
  auto& state = self->state;
  ++state.session;
  state.welcome = false;
  state.memory->window.resend();
  if (!state.facade)
    return;
  ask(
      self,
      [self](std::uint64_t number) {
        self->state.welcome = true;
        on_acknowledged(self, number);
      },
      hello_atom_v, state.memory->sender);
}

void say_farewell(self_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.farewell_said, true))
    return;
  const auto& totals = state.memory->window.totals();
  ask(self, [self](std::uint64_t) { self->quit(); }, farewell{state.memory->sender, totals.offered, totals.dropped});
}

void gather(self_pointer self) {
  if (!std::exchange(self->state.gathering, true))
    self->delayed_send(self, gather_time, flush_atom_v);
}

void send_next(self_pointer self) {
  auto& state = self->state;
  while (state.facade && state.welcome) {
    auto which = draining(state) || state.gathered ? send_window::wanted::all : send_window::wanted::full;
    auto batch = state.memory->window.next(which);
    if (!batch)
      break;
    ask(
        self, [self](std::uint64_t number) { on_acknowledged(self, number); },
        numbered_batch{state.memory->sender, batch->number, batch->content});
  }
  state.gathered = false;
  if (state.welcome && state.memory->window.waiting() > 0)
    gather(self);
  if (draining(state) && state.welcome && state.memory->window.empty())
    say_farewell(self);
}

/// The end came before the reconstructor had everything.
void give_up(self_pointer self) {
  auto& state = self->state;
  if (auto lost = state.memory->window.abandon(); lost > 0) {
    spdlog::error("{} exchanges are lost: the reconstructor did not take them before the end", lost);
    state.status->drop(drop_reason::not_delivered, lost);
  }
  publish(state);
  self->quit();
}

void begin_drain(self_pointer self) {
  self->state.status->phase = flow::actor_phase::draining;
  if (!self->state.facade)
    return give_up(self);
  self->delayed_send(self, farewell_time_max, stop_atom_v);
  send_next(self);
}

} // namespace

send_window_limits window_limits(const settings& config) noexcept {
  return {.batches_max = config.link.batches_max,
          .exchanges_max = config.link.exchanges_max,
          .bytes_max = config.link.buffer_max,
          .batch_exchanges_max = config.pipeline.uplink.batch_max,
          .batch_bytes_max = wire_part_size_max};
}

uplink_memory::uplink_memory(const settings& config, sender_id whose)
    : sender{std::move(whose)}, window{window_limits(config)} {}

uplink_actor::behavior_type uplink(self_pointer self, const settings* config, flow::actor_status* status,
                                   uplink_memory* memory, flow::ledger_status* bodies) {
  flow::keep_exception_text(self);
  self->state.status = status;
  self->state.memory = memory;
  self->state.bodies = bodies;
  self->state.budget.emplace(config->bodies.rate_max);
  flow::count_unfinished(*status, memory->window.exchanges());
  return {
      [self](drain_atom) { begin_drain(self); },
      [self](const exchange_parcel& parcel) {
        auto& state = self->state;
        auto delivery = parcel.open();
        sample_bodies(state, delivery.batch);
        state.status->drop(drop_reason::buffer_full, state.memory->window.add(std::move(delivery.batch)));
        publish(state);
        send_next(self);
      },
      [self](flush_atom) {
        self->state.gathering = false;
        self->state.gathered = true;
        send_next(self);
      },
      [self](const new_settings& news) {
        self->state.budget->limit(news.now->bodies.rate_max);
        self->state.memory->window.change_limits(window_limits(*news.now));
      },
      [self](const facade_actor& facade) {
        self->state.facade = facade;
        greet(self);
      },
      [self](tick_atom) {
        if (!self->state.welcome)
          greet(self);
      },
      [self](stop_atom) { give_up(self); },
  };
}

} // namespace cleartap
