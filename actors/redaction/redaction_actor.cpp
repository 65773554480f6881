#include "actors/redaction/redaction_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

namespace cleartap {

namespace {

void apply(redaction_state& state, const settings& config) {
  const auto& wanted = config.redaction;
  const auto contacts = masking::contact_rules{.emails = wanted.emails, .phones = wanted.phones};
  state.policy.emplace(wanted.headers, wanted.keys, contacts);
}

} // namespace

redaction_actor::behavior_type redaction(redaction_actor::stateful_pointer<redaction_state> self,
                                         const settings* config, flow::actor_status* status, flow::edge_status* out) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::count_unfinished(*status);
  apply(state, *config);
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
      [self](const new_settings& news) { apply(self->state, *news.now); },
      [self](const exchange_parcel& parcel) {
        auto& st = self->state;
        auto delivery = parcel.open();
        auto units = delivery.batch.units();
        for (auto& each : delivery.batch.exchanges) {
          redact(each, *st.policy, st.stats);
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
