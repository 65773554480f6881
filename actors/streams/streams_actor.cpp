#include "actors/streams/streams_actor.hpp"

#include "actors/flow/stage.hpp"

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::drop_reason;

constexpr auto expiry_interval = 5s;

/// The stage's ledger is kept by the pure code in plain numbers; this shows it to others.
void publish_ledger(streams_state& state) {
  const auto& ledger = state.open->ledger();
  auto& shown = *state.ledger;
  shown.show_out(ledger.in_exchanges);
  shown.show_queued(ledger.queued);
  shown.show_dropped(drop_reason::not_http, ledger.not_http);
  shown.show_dropped(drop_reason::resync, ledger[stream_drop::resync]);
  shown.show_dropped(drop_reason::read_fault, ledger[stream_drop::read_fault]);
  shown.show_dropped(drop_reason::call_limit, ledger[stream_drop::call_limit]);
  shown.show_dropped(drop_reason::unseen, ledger[stream_drop::unseen]);
  shown.show_dropped(drop_reason::parse_error, ledger[stream_drop::parse_error]);
  shown.show_dropped(drop_reason::connections_full, ledger[stream_drop::connections_full]);
  shown.show_dropped(drop_reason::limit, ledger[stream_drop::limit]);
  shown.show_dropped(drop_reason::pushed, ledger[stream_drop::pushed]);
  shown.show_dropped(drop_reason::overlap, ledger[stream_drop::overlap]);
}

void publish_figures(streams_state& state) {
  const auto& ledger = state.open->ledger();
  state.figures[0].show_all(ledger.reached);
  state.figures[1].show_all(ledger.others);
  state.figures[2].show_all(ledger.connections_of);
  state.figures[3].show_all(std::array{ledger.holes, ledger.lost, ledger.undecodable});
}

void pass_finished(streams_state& state) {
  auto& out = *state.out;
  for (auto& each : state.finished) {
    auto lane = std::hash<connection_id>{}(each.connection) / 7 % out.lanes();
    out.filling(lane).exchanges.push_back(std::move(each));
    out.filled(lane);
  }
  state.finished.clear();
  out.flush();
  publish_ledger(state);
  publish_figures(state);
}

void take(streams_state& state, const flow::parcel<chunk_batch>& parcel) {
  auto delivery = parcel.open();
  const auto& batch = delivery.batch;
  for (const auto& chunk : batch.chunks)
    if (chunk.kind == chunk_kind::process_ended)
      state.open->process_exited(chunk.connection.tgid, state.finished);
    else
      state.open->accept(chunk, batch.bytes(chunk), batch.wall_offset, state.finished);
  for (const auto& each : state.open->take_others())
    state.mute_connection(each);
  pass_finished(state);
  state.out->retain(std::move(delivery.credit));
}

kernel_time now() { return std::chrono::steady_clock::now().time_since_epoch(); }

} // namespace

stream_figures add_stream_figures(flow::directory& directory, std::size_t index) {
  static constexpr auto damage = std::array<std::string_view, 3>{"holes", "hole_bytes", "undecodable_bodies"};
  auto add = [&](const char* what, std::span<const std::string_view> names) {
    return &directory.add_figures("streams", index, what, names);
  };
  return {add("limits_reached", stream_limit_names), add("not_http_bytes", other_protocol_names()),
          add("not_http_connections", other_protocol_names()), add("damage", damage)};
}

streams_actor::behavior_type streams(streams_actor::stateful_pointer<streams_state> self, const settings* config,
                                     flow::actor_status* status, stream_figures figures, mute mute_connection,
                                     flow::edge_status* out) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  state.ledger.emplace(*status);
  for (auto* each : {figures.limits, figures.other_bytes, figures.other_connections, figures.damage})
    state.figures.emplace_back(*each);
  state.open.emplace(limits_of(*config));
  state.mute_connection = std::move(mute_connection);
  state.out.emplace(*out, *status, flow::wake(self));
  self->delayed_send(self, expiry_interval, tick_atom_v);
  return {
      [self](drain_atom) {
        auto& st = self->state;
        st.status->phase = flow::actor_phase::draining;
        st.open->close_all(st.finished);
        pass_finished(st);
        flow::end_when_idle(self, *st.status, *st.out);
      },
      [self](credit_atom) {
        self->state.out->pump();
        flow::end_when_idle(self, *self->state.status, *self->state.out);
      },
      [self](const new_settings& news) { self->state.open->limit(limits_of(*news.now)); },
      [self](const flow::parcel<chunk_batch>& parcel) { take(self->state, parcel); },
      [self](const exchange_announcement& news) { self->state.out->attach(news); },
      [self](tick_atom) {
        self->state.open->expire(now(), self->state.finished);
        pass_finished(self->state);
        self->delayed_send(self, expiry_interval, tick_atom_v);
      },
  };
}

} // namespace cleartap
