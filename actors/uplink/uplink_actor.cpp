#include "actors/uplink/uplink_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::drop_reason;

// Longer than the slowest commit; after it a batch counts as not delivered.
constexpr auto answer_time_max = 30s;
constexpr auto retry_delay = 500ms;

using self_pointer = uplink_actor::stateful_pointer<uplink_state>;

void publish(const uplink_state& state) {
  state.status->queued.store(state.window->exchanges(), std::memory_order_relaxed);
}

void send_next(self_pointer self);

void on_acknowledged(self_pointer self, std::uint64_t number) {
  auto& state = self->state;
  state.status->out.fetch_add(state.window->acknowledge(number), std::memory_order_relaxed);
  publish(state);
  if (state.status->phase == flow::actor_phase::draining && state.window->empty())
    self->quit();
  else
    send_next(self);
}

/// From here on late answers count no more: everything that was not acknowledged is sent again.
void begin_session(uplink_state& state) {
  ++state.session;
  state.window->resend();
}

void on_refused(self_pointer self, const caf::error& error) {
  auto& state = self->state;
  begin_session(state);
  state.resting = true;
  self->delayed_send(self, retry_delay, tick_atom_v);
  spdlog::warn("delivery to the reconstructor failed: {}; {} exchanges wait", self->system().render(error),
               state.window->exchanges());
}

void send_next(self_pointer self) {
  auto& state = self->state;
  while (state.facade && !state.resting) {
    auto batch = state.window->next();
    if (!batch)
      return;
    state.status->messages_out.fetch_add(1, std::memory_order_relaxed);
    auto session = state.session;
    self->request(state.facade, answer_time_max, numbered_batch{state.sender, batch->number, batch->content})
        .then(
            [self, session](watermark_atom, std::uint64_t number) {
              if (session == self->state.session)
                on_acknowledged(self, number);
            },
            [self, session](const caf::error& error) {
              if (session == self->state.session)
                on_refused(self, error);
            });
  }
}

} // namespace

uplink_actor::behavior_type uplink(self_pointer self, const settings* config, flow::actor_status* status,
                                   sender_id sender) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::continued_ledger{*status}.show_queued(0);
  state.sender = std::move(sender);
  state.window.emplace(config->link.batches_max, config->link.exchanges_max, config->pipeline.uplink.batch_max);
  return {
      [self](drain_atom) {
        self->state.status->phase = flow::actor_phase::draining;
        if (self->state.window->empty())
          self->quit();
      },
      [self](const exchange_parcel& parcel) {
        auto& st = self->state;
        auto delivery = parcel.open();
        st.status->drop(drop_reason::buffer_full, st.window->add(std::move(delivery.batch)));
        publish(st);
        send_next(self);
      },
      [self](const facade_actor& facade) {
        auto& st = self->state;
        begin_session(st);
        st.facade = facade;
        st.resting = false;
        send_next(self);
      },
      [self](tick_atom) {
        self->state.resting = false;
        send_next(self);
      },
  };
}

} // namespace cleartap
