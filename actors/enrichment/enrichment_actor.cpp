#include "actors/enrichment/enrichment_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"

#include <algorithm>

namespace cleartap {

namespace {

void add(flow::outlet<exchange_batch>& out, exchange what) {
  out.filling(0).exchanges.push_back(std::move(what));
  out.filled(0);
}

/// Whether the exchange goes on.
bool enrich(enrichment_state& state, exchange& what) {
  auto who = state.processes->find(what.connection.tgid, what.seen);
  if (state.excluded.match(who.exe))
    return false;
  if (state.names_processes)
    what.process = std::move(who);
  what.process.pid = what.connection.tgid;
  return true;
}

void pass_on(enrichment_state& state, exchange& what) {
  if (state.edges.feed->wanted.load(std::memory_order_relaxed))
    add(*state.feed, state.uplink ? what : std::move(what));
  if (state.uplink)
    add(*state.uplink, std::move(what));
  state.status->out.fetch_add(1, std::memory_order_relaxed);
}

bool binds_to_executables(const redaction_settings& redaction) {
  return std::ranges::any_of(redaction.rules, [](const rule_settings& each) { return !each.executable.empty(); });
}

/// A table that is made later knows what /proc tells of the processes that run by then.
void take_over(enrichment_state& state, const settings& config) {
  const auto& wanted = config.process;
  state.excluded = exclusion{config.discovery.exclude};
  state.names_processes = wanted.enabled;
  if (!wanted.enabled && state.excluded.empty() && !binds_to_executables(config.redaction))
    state.processes->forget();
  else
    state.processes->know(wanted.tree_max, wanted.ancestors_max);
}

void take(enrichment_state& state, const exchange_parcel& parcel) {
  auto delivery = parcel.open();
  for (auto& each : delivery.batch.exchanges) {
    if (enrich(state, each))
      pass_on(state, each);
    else
      state.status->drop(flow::drop_reason::excluded, 1);
  }
  state.feed->flush();
  auto& main_outlet = state.uplink ? *state.uplink : *state.feed;
  main_outlet.flush();
  main_outlet.retain(std::move(delivery.credit)); // watchers slow nobody down, the uplink does
}

} // namespace

enrichment_actor::behavior_type enrichment(enrichment_actor::stateful_pointer<enrichment_state> self,
                                           const settings* config, flow::actor_status* status, enrichment_edges edges,
                                           process_board* processes) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::count_unfinished(*status);
  state.edges = edges;
  state.processes = processes;
  state.feed.emplace(*edges.feed, *status, flow::wake(self));
  if (edges.uplink)
    state.uplink.emplace(*edges.uplink, *status, flow::wake(self));
  take_over(state, *config);
  auto end_when_idle = [self] {
    auto& st = self->state;
    if (st.uplink)
      flow::end_when_idle(self, *st.status, *st.uplink, *st.feed);
    else
      flow::end_when_idle(self, *st.status, *st.feed);
  };
  return {
      [self, end_when_idle](drain_atom) {
        self->state.status->phase = flow::actor_phase::draining;
        end_when_idle();
      },
      [self, end_when_idle](credit_atom) {
        auto& st = self->state;
        st.feed->pump();
        if (st.uplink)
          st.uplink->pump();
        end_when_idle();
      },
      [self](const new_settings& news) { take_over(self->state, *news.now); },
      [self](const flow::parcel<process_batch>& parcel) {
        auto delivery = parcel.open();
        for (const auto& event : delivery.batch.events)
          self->state.processes->apply(event);
      },
      [self](const exchange_parcel& parcel) { take(self->state, parcel); },
      [self](const exchange_announcement& news) {
        auto& st = self->state;
        (news.edge == st.edges.feed ? st.feed : st.uplink)->attach(news);
      },
  };
}

} // namespace cleartap
