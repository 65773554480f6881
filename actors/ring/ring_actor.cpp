#include "actors/ring/ring_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/ring/decode.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <thread>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::drop_reason;

// Between two drains the ring fills without waking anyone, so that a busy machine pays for no wake-ups.
constexpr auto drain_interval = 2ms;
// The kernel wakes a waiting drainer; this bounds how long a message to the actor can wait meanwhile.
constexpr auto wait_max = 20ms;
constexpr auto records_max = std::size_t{4096};         // of one drain
constexpr auto process_records_max = std::size_t{4096}; // of one drain
constexpr auto captured_max = std::size_t{65536};       // pids remembered

std::chrono::nanoseconds wall_offset() {
  return std::chrono::system_clock::now().time_since_epoch() - std::chrono::steady_clock::now().time_since_epoch();
}

/// Whether and how much of a process is captured is told when it begins, and when it has doubled.
void count_captured(ring_state& state, const tls_chunk& chunk) {
  const auto pid = chunk.connection.tgid;
  auto found = state.captured.find(pid);
  if (found == state.captured.end()) {
    if (state.captured.size() >= captured_max)
      return;
    found = state.captured.emplace(pid, ring_state::captured_bytes{}).first;
  }
  auto& bytes = found->second;
  bytes.total += chunk.size_captured;
  if (bytes.total < 2 * bytes.told || bytes.total == 0)
    return;
  bytes.told = bytes.total;
  state.rescan->filling(0).events.push_back(
      {.kind = process_event_kind::plaintext, .at = chunk.at, .pid = pid, .bytes = bytes.total});
  state.rescan->filled(0);
}

void pass_chunk(ring_state& state, decoded_chunk& decoded) {
  if (decoded.chunk.descriptor)
    decoded.chunk.sockets = state.sockets.find(decoded.chunk, std::chrono::steady_clock::now().time_since_epoch());
  auto& out = *state.streams;
  count_captured(state, decoded.chunk);
  auto lane = std::hash<connection_id>{}(decoded.chunk.connection) % out.lanes();
  out.filling(lane).wall_offset = state.wall_offset;
  out.filling(lane).append(decoded.chunk, decoded.bytes);
  out.filled(lane);
  state.status->in.fetch_add(decoded.chunk.size_original, std::memory_order_relaxed);
  state.status->out.fetch_add(decoded.chunk.size_original, std::memory_order_relaxed);
}

std::size_t drain_chunks(ring_state& state) {
  if (state.streams->congested())
    return 0;
  state.wall_offset = wall_offset();
  return state.rings->drain_tls(records_max, [&](std::span<const std::uint8_t> record) {
    if (auto decoded = decode_tls_event(record))
      pass_chunk(state, *decoded);
    else
      state.status->drop(drop_reason::malformed_event, 1);
  });
}

/// Tells every shard that a process is gone, once what it has written has been read: the ring's end at the time when
/// the process's was read lies behind that.
void pass_ends(ring_state& state) {
  while (!state.ended.empty() && state.rings->has_read_tls(state.ended.front().written)) {
    auto chunk = tls_chunk{};
    chunk.kind = chunk_kind::process_ended;
    chunk.connection.tgid = state.ended.front().pid;
    state.captured.erase(chunk.connection.tgid);
    for (std::size_t lane = 0; lane < state.streams->lanes(); ++lane) {
      state.streams->filling(lane).append(chunk, {});
      state.streams->filled(lane);
    }
    state.ended.pop_front();
  }
}

void pass_process_event(ring_state& state, const process_event& event) {
  if (event.kind == process_event_kind::exit && state.captured.contains(event.pid))
    state.ended.push_back({event.pid, state.rings->tls_written()});
  state.rescan->filling(0).events.push_back(event);
  state.rescan->filled(0);
  if (event.kind == process_event_kind::mapping || event.kind == process_event_kind::mappings_lost)
    return;
  state.enrichment->filling(0).events.push_back(event);
  state.enrichment->filled(0);
}

/// Mappings are read first: what came before one of them in the other ring has been read by then. All are passed on by
/// time: the end of a short process comes after its mappings.
void drain_process_events(ring_state& state) {
  auto& events = state.process_events;
  events.clear();
  state.rings->drain_mappings(events);
  state.rings->drain_processes(process_records_max, [&](std::span<const std::uint8_t> record) {
    if (auto event = decode_process_record(record))
      events.push_back(std::move(*event));
    else
      state.status->drop(drop_reason::malformed_event, 1);
  });
  std::ranges::stable_sort(events, {}, &process_event::at);
  for (const auto& event : events)
    pass_process_event(state, event);
}

/// Chunks are read first but sent last: whatever process they are of, its start has been read by then and is on its
/// way.
std::size_t drain(ring_state& state) {
  auto taken = drain_chunks(state);
  pass_ends(state);
  drain_process_events(state);
  state.rescan->flush();
  state.enrichment->flush();
  state.streams->flush();
  return taken;
}

void rest(ring_state& state, std::size_t taken) {
  if (taken == records_max)
    return;
  if (taken > 0 || state.streams->congested() || !state.ended.empty()) {
    std::this_thread::sleep_for(drain_interval);
    return;
  }
  state.programs->drainer_waits();
  // What came before the kernel could see that wakes nobody.
  if (drain(state) == 0)
    state.rings->wait(wait_max);
}

void open_rings(ring_state& state) {
  const auto& choice = state.programs->choice();
  if (state.status->restarts == 0)
    spdlog::info("kernel programs: {}", to_string(choice));
  if (state.status->restarts == 0 && choice.variant != program_variant::typed && !state.programs->refused().empty())
    spdlog::warn("sockets and names of processes are looked up in /proc: {}", state.programs->refused());
  auto rings = kernel_rings::open(state.programs->rings());
  if (!rings)
    throw std::runtime_error{rings.error().text};
  if (rings->mapping_complaint() && rings->tells_mappings())
    spdlog::info("{}; a kernel program tells of them instead", rings->mapping_complaint()->text);
  else if (rings->mapping_complaint())
    spdlog::warn("{}; libraries loaded later are found by exec and by discovery.rescanInterval only",
                 rings->mapping_complaint()->text);
  state.rings.emplace(std::move(*rings));
}

} // namespace

ring_actor::behavior_type ring(ring_actor::stateful_pointer<ring_state> self, kernel_programs* programs,
                               flow::actor_status* status, ring_edges edges) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.programs = programs;
  state.status = status;
  state.edges = edges;
  state.streams.emplace(*edges.streams, *status, flow::wake(self));
  state.rescan.emplace(*edges.rescan, *status, flow::wake(self));
  state.enrichment.emplace(*edges.enrichment, *status, flow::wake(self));
  open_rings(state);
  if (status->restarts > 0) { // nobody saw what was mapped since the predecessor died
    state.rescan->filling(0).events.push_back({.kind = process_event_kind::mappings_lost});
    state.rescan->filled(0);
  }
  self->send(self, tick_atom_v);
  return {
      [self](drain_atom) { self->state.status->phase = flow::actor_phase::draining; },
      [self](credit_atom) {
        self->state.streams->pump();
        self->state.rescan->pump();
        self->state.enrichment->pump();
      },
      [self](tick_atom) {
        auto& st = self->state;
        auto taken = drain(st);
        if (taken == 0 && st.ended.empty())
          flow::end_when_idle(self, *st.status, *st.streams);
        rest(st, taken);
        self->send(self, tick_atom_v);
      },
      [self](const flow::announcement<chunk_batch>& news) { self->state.streams->attach(news); },
      [self](const flow::announcement<process_batch>& news) {
        auto& st = self->state;
        (news.edge == st.edges.rescan ? st.rescan : st.enrichment)->attach(news);
      },
  };
}

} // namespace cleartap
