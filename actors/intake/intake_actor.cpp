#include "actors/intake/intake_actor.hpp"

#include "actors/flow/continued_ledger.hpp"
#include "actors/flow/stage.hpp"
#include "actors/inventory/authority.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::drop_reason;

constexpr auto collect_time_max = 20s;
// A commit is due by time, or after so many exchanges, bytes of them, or batches of one sender: senders wait for it
// with a window that is limited in each of these. Half of what a sniffer may have under way, so that it need not stop.
constexpr auto exchanges_due = std::size_t{2048};
constexpr auto bytes_due = std::size_t{8} << 20;
constexpr auto batches_due = wire_requests_max / 2 - 1;

using self_pointer = intake_actor::stateful_pointer<intake_state>;
using promise = intake_state::promise_type;

/// The shard that knows the API: the same for live exchanges and, in actors/wiring, for the store's rows.
std::size_t shard_of(const exchange& what, std::size_t shards) {
  return what.request ? shard_of_authority(authority_of(what), shards) : 0;
}

void route(intake_state& state, const std::shared_ptr<const exchange_batch>& batch) {
  auto& out = *state.out;
  auto parts = std::vector<std::vector<std::uint32_t>>(out.lanes());
  for (std::uint32_t i = 0; i < batch->exchanges.size(); ++i)
    parts[shard_of(batch->exchanges[i], parts.size())].push_back(i);
  for (std::size_t lane = 0; lane < parts.size(); ++lane) {
    if (parts[lane].empty())
      continue;
    out.filling(lane).parts.push_back({batch, std::move(parts[lane])});
    out.filled(lane);
  }
  out.flush();
}

/// Of one sender: others wait for the same commits, and there may be many of them.
void answer_committed(intake_state& state, const sender_id& sender) {
  auto asked = state.answers.find(sender);
  if (asked == state.answers.end())
    return;
  auto mark = state.senders.committed(sender);
  auto ended = state.senders.ended(sender);
  std::erase_if(asked->second, [&](intake_state::pending_answer& answer) {
    if (answer.number > mark || (answer.farewell && !ended))
      return false;
    answer.promise.deliver(watermark_atom_v, mark);
    return true;
  });
  if (asked->second.empty())
    state.answers.erase(asked);
}

void go_on(self_pointer self);

void finish_commit(self_pointer self, const std::string& refusal) {
  auto& state = self->state;
  if (!refusal.empty()) {
    // The shards have given these rows away: only a fresh start from the store makes evidence and watermarks agree.
    self->quit(caf::make_error(caf::sec::runtime_error, "the store refused a commit: " + refusal));
    return;
  }
  state.senders.commit(state.commit->watermarks);
  state.epochs->show(state.commit->watermarks);
  state.epochs->forget(state.commit->forgotten);
  for (const auto& mark : state.commit->watermarks)
    answer_committed(state, mark.sender);
  state.commit.reset();
  go_on(self);
}

void write_commit(self_pointer self) {
  auto& state = self->state;
  self->request(state.store, collect_time_max, collect_atom_v, *state.commit)
      .then([self](const std::string& refusal) { finish_commit(self, refusal); },
            [self](const caf::error& error) { finish_commit(self, self->system().render(error)); });
}

void take_rows(self_pointer self, const changed_rows& rows) {
  auto& state = self->state;
  auto& commit = *state.commit;
  commit.rows.insert(commit.rows.end(), rows.begin(), rows.end());
  if (--state.shards_missing == 0)
    write_commit(self);
}

void begin_commit(self_pointer self) {
  auto& state = self->state;
  auto marks = state.senders.uncommitted();
  state.commit_due = false;
  state.exchanges = state.bytes = 0;
  if (marks.empty())
    return;
  state.commit.emplace(commit_request{{}, std::move(marks), state.senders.take_forgotten()});
  state.shards_missing = state.shards.size();
  for (const auto& shard : state.shards)
    self->request(shard, collect_time_max, collect_atom_v)
        .then([self](const changed_rows& rows) { take_rows(self, rows); },
              [self](const caf::error& error) { self->quit(error); });
}

bool commit_is_due(const intake_state& state) {
  auto ready = state.store && std::ranges::all_of(state.shards, [](const auto& shard) { return bool{shard}; });
  auto due = state.commit_due || state.exchanges >= exchanges_due || state.bytes >= bytes_due;
  return due && ready && !state.commit;
}

void count_uncommitted(intake_state& state, const numbered_batch& batch) {
  state.exchanges += batch.content->size();
  state.bytes += size_in_memory(*batch.content);
  // During a commit what it covers would count too.
  if (!state.commit && state.senders.waiting(batch.sender) >= batches_due)
    state.commit_due = true;
}

void take(intake_state& state, intake_state::waiting_batch next) {
  auto& [batch, answer] = next;
  auto units = batch.content->units();
  state.status->queued.fetch_sub(units, std::memory_order_relaxed);
  switch (state.senders.arrive(batch.sender, batch.number, units)) {
  case arrival::fresh:
    count_uncommitted(state, batch);
    route(state, batch.content);
    state.status->out.fetch_add(units, std::memory_order_relaxed);
    break;
  case arrival::duplicate:
    state.status->drop(drop_reason::duplicate, units);
    break;
  case arrival::gap:
    state.status->in.fetch_sub(units, std::memory_order_relaxed);
    answer.deliver(caf::make_error(caf::sec::invalid_argument, "an earlier batch is missing"));
    return;
  }
  state.answers[batch.sender].push_back({batch.number, false, answer});
  answer_committed(state, batch.sender);
}

/// Only while there is credit: what is dropped here could not be sent again, for it would be acknowledged. And not
/// while a commit is due: with more senders than the inventory keeps up with, there would never be a moment for one.
void take_waiting(intake_state& state) {
  while (!state.waiting.empty() && !state.out->congested() && !commit_is_due(state)) {
    auto next = std::move(state.waiting.front());
    state.waiting.pop_front();
    take(state, std::move(next));
  }
}

/// A commit begins when all that was taken is with the shards: else its exchanges would be missing from the rows but
/// not from the watermarks.
void go_on(self_pointer self) {
  auto& state = self->state;
  take_waiting(state);
  if (!commit_is_due(state) || !state.out->idle())
    return;
  begin_commit(self);
  take_waiting(state);
}

promise keep(self_pointer self, const numbered_batch& batch) {
  auto& state = self->state;
  auto answer = self->make_response_promise<watermark_atom, std::uint64_t>();
  auto units = batch.content->units();
  state.status->messages_in.fetch_add(1, std::memory_order_relaxed);
  state.status->in.fetch_add(units, std::memory_order_relaxed);
  state.status->queued.fetch_add(units, std::memory_order_relaxed);
  state.waiting.push_back({batch, answer});
  go_on(self);
  return answer;
}

/// Answered when all that came before, and the epoch's end, are in the store.
promise take_farewell(self_pointer self, const farewell& last) {
  auto& state = self->state;
  auto answer = self->make_response_promise<watermark_atom, std::uint64_t>();
  state.senders.end(last);
  state.answers[last.sender].push_back({0, true, answer});
  answer_committed(state, last.sender);
  go_on(self);
  return answer;
}

} // namespace

intake_actor::behavior_type intake(self_pointer self, const settings* config, flow::actor_status* status,
                                   flow::edge_status* out, epoch_board* epochs, std::vector<watermark> committed) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.status = status;
  flow::count_unfinished(*status);
  state.commit_interval = config->inventory.commit_interval;
  state.out.emplace(*out, *status, flow::wake(self));
  state.shards.resize(out->lanes);
  for (const auto& mark : committed)
    state.senders.load(mark);
  state.epochs = epochs;
  epochs->show(committed);
  self->delayed_send(self, state.commit_interval, tick_atom_v);
  return {
      [self](drain_atom) {
        // Whoever sends has ended by now, and with it everything was committed.
        self->state.status->phase = flow::actor_phase::draining;
        flow::end_when_idle(self, *self->state.status, *self->state.out);
      },
      [self](credit_atom) {
        self->state.out->pump();
        go_on(self);
        flow::end_when_idle(self, *self->state.status, *self->state.out);
      },
      [self](hello_atom, const sender_id& sender) -> caf::result<watermark_atom, std::uint64_t> {
        self->state.senders.begin(sender);
        return {watermark_atom_v, self->state.senders.committed(sender)};
      },
      [self](const new_settings& news) { self->state.commit_interval = news.now->inventory.commit_interval; },
      [self](const numbered_batch& batch) { return keep(self, batch); },
      [self](const farewell& last) { return take_farewell(self, last); },
      [self](const flow::announcement<routed_batch>& news) { self->state.out->attach(news); },
      [self](std::size_t index, const inventory_actor& shard) { self->state.shards[index] = shard; },
      [self](const store_actor& store) { self->state.store = store; },
      [self](tick_atom) {
        self->state.commit_due = true;
        go_on(self);
        self->delayed_send(self, self->state.commit_interval, tick_atom_v);
      },
  };
}

} // namespace cleartap
