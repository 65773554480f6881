#include "actors/redaction/redaction_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

namespace cleartap {

namespace {

void mask(redaction_state& state, exchange& what) {
  const auto executable =
      state.rules->asks_executable() ? state.processes->executable(what.connection.tgid, what.seen) : std::string{};
  redact(what, state.rules->policy_for(host_of(what), executable), state.stats);
}

} // namespace

redaction_actor::behavior_type redaction(redaction_actor::stateful_pointer<redaction_state> self,
                                         const settings* config, flow::actor_status* status, flow::edge_status* out,
                                         process_board* processes) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::count_unfinished(*status);
  state.processes = processes;
  state.rules.emplace(config->redaction);
  state.out.emplace(*out, *status, flow::wake(self));
  return {
      [self](drain_atom) {
        self->state.status->phase = flow::actor_phase::draining;
        flow::end_when_idle(self, *self->state.status, *self->state.out);
      },
      [self](credit_atom) {
        self->state.out->pump();
        flow::end_when_idle(self, *self->state.status, *self->state.out);
      },
      [self](const new_settings& news) { self->state.rules.emplace(news.now->redaction); },
      [self](const exchange_parcel& parcel) {
        auto& st = self->state;
        auto delivery = parcel.open();
        auto units = delivery.batch.units();
        for (auto& each : delivery.batch.exchanges) {
          mask(st, each);
          st.out->filling(0).exchanges.push_back(std::move(each));
          st.out->filled(0);
        }
        st.status->out.fetch_add(units, std::memory_order_relaxed);
        st.out->flush();
        st.out->retain(std::move(delivery.credit));
      },
      [self](const exchange_announcement& news) { self->state.out->attach(news); },
  };
}

} // namespace cleartap
