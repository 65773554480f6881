#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/flow/stage.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::actor_phase;

constexpr auto restarts_max = std::size_t{5};
constexpr auto restart_window = 60s;

using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

std::string text_of(self_pointer self, const caf::error& reason) {
  if (reason == caf::exit_reason::kill)
    return "it was killed";
  return reason ? flow::text_of(self->system(), reason) : "it ended";
}

std::string label(const flow::actor_status& status) { return status.name + "[" + std::to_string(status.index) + "]"; }

void introduce(self_pointer self, std::size_t fresh) {
  auto& state = self->state;
  for (const auto& each : state.plan.introductions) {
    if (each.listener != fresh && each.subject != fresh)
      continue;
    if (state.handles[each.listener] && state.handles[each.subject])
      each.tell(state.handles[each.listener], state.handles[each.subject]);
  }
  for (const auto& each : state.plan.confidants)
    if (each.listener == fresh)
      each.tell(state.handles[fresh], self);
}

void on_death(self_pointer self, std::size_t index, const caf::error& reason);

/// False if it could not be started; then it is tried again later.
bool start(self_pointer self, std::size_t index) {
  auto& state = self->state;
  auto& child = state.plan.children[index];
  try {
    state.handles[index] = child.start(self->system());
  } catch (const std::exception& error) {
    on_death(self, index, caf::make_error(caf::sec::runtime_error, error.what()));
    return false;
  }
  self->monitor(state.handles[index]);
  introduce(self, index);
  child.status->phase = actor_phase::running; // from here on others may rely on having been told
  return true;
}

void drain(self_pointer self) {
  auto& state = self->state;
  while (state.stopping < state.handles.size() && !state.handles[state.stopping])
    ++state.stopping;
  if (state.stopping == state.handles.size()) {
    self->quit();
    return;
  }
  state.cut = false;
  self->send(caf::actor_cast<child_actor>(state.handles[state.stopping]), drain_atom_v);
  self->delayed_send(self, state.plan.grace_max, tick_atom_v, state.stopping);
}

/// Its grace period is over: it is killed, and after another one, because it is stuck, left behind.
void cut_off(self_pointer self, std::size_t index) {
  auto& state = self->state;
  if (!state.stopped || index != state.stopping)
    return;
  auto& status = *state.plan.children[index].status;
  if (!std::exchange(state.cut, true)) {
    spdlog::warn("{} did not end in time and is cut off", label(status));
    self->send_exit(state.handles[index], caf::exit_reason::kill);
    self->delayed_send(self, state.plan.grace_max, tick_atom_v, index);
    return;
  }
  spdlog::error("{} is stuck; the others end without it", label(status));
  status.phase = actor_phase::failed;
  state.handles[index] = nullptr;
  drain(self);
}

void give_up(self_pointer self, const std::string& reason) {
  auto& state = self->state;
  for (const auto& handle : state.handles)
    if (handle)
      self->send_exit(handle, caf::exit_reason::kill);
  state.on_failure(reason);
  self->quit(caf::make_error(caf::sec::runtime_error, reason));
}

bool begin_together(const supervisor_state& state, std::size_t a, std::size_t b) {
  const auto& group = state.plan.children[a].group;
  return a == b || (!group.empty() && state.plan.children[b].group == group);
}

/// The others of its group must not go on without it: they die with it and come back with it.
void end_group(self_pointer self, std::size_t dead) {
  auto& state = self->state;
  for (std::size_t i = 0; i < state.handles.size(); ++i)
    if (i != dead && state.handles[i] && begin_together(state, dead, i)) {
      self->send_exit(state.handles[i], caf::exit_reason::kill);
      state.progress[i].ending = true;
      state.plan.children[i].status->phase = actor_phase::backing_off;
    }
}

void on_death(self_pointer self, std::size_t index, const caf::error& reason) {
  auto& state = self->state;
  auto& child = state.plan.children[index];
  auto text = text_of(self, reason);
  auto delay = state.policies[index].on_death(std::chrono::steady_clock::now());
  if (!delay) {
    child.status->phase = actor_phase::failed;
    give_up(self, label(*child.status) + " failed more than " + std::to_string(restarts_max) + " times in " +
                      std::to_string(restart_window.count()) + " s, the last time because: " + text);
    return;
  }
  spdlog::error("{} failed: {}; it starts again in {} ms", label(*child.status), text, delay->count());
  child.status->phase = actor_phase::backing_off;
  end_group(self, index);
  self->delayed_send(self, *delay, revive_atom_v, index);
}

void revive_if_due(self_pointer self, std::size_t index);

void on_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  auto found = std::ranges::find_if(state.handles, [&](const auto& handle) { return handle && handle == down.source; });
  if (found == state.handles.end())
    return;
  auto index = static_cast<std::size_t>(found - state.handles.begin());
  *found = nullptr;
  auto was_ending = std::exchange(state.progress[index].ending, false);
  if (state.stopped) {
    state.plan.children[index].status->phase = actor_phase::stopped;
    if (index == state.stopping)
      drain(self);
  } else if (was_ending) {
    for (std::size_t i = 0; i < state.progress.size(); ++i)
      if (begin_together(state, index, i))
        revive_if_due(self, i);
  } else {
    on_death(self, index, down.reason);
  }
}

/// What begins together shares what the predecessors may still use: all of them must be gone.
void revive_if_due(self_pointer self, std::size_t index) {
  auto& state = self->state;
  for (std::size_t i = 0; i < state.progress.size(); ++i)
    if (state.progress[i].ending && begin_together(state, index, i))
      return;
  if (state.stopped || !std::exchange(state.progress[index].due, false))
    return;
  for (std::size_t i = state.handles.size(); i-- > 0;) { // consumers first
    if (state.handles[i] || !begin_together(state, index, i))
      continue;
    state.plan.children[i].status->restarts.fetch_add(1);
    if (!start(self, i))
      return; // what begins with it waits for it
  }
}

/// As if it had died of itself.
caf::result<bool> restart(self_pointer self, const std::string& name, std::size_t index) {
  auto& state = self->state;
  for (std::size_t i = 0; i < state.handles.size(); ++i) {
    const auto& status = *state.plan.children[i].status;
    if (status.name != name || status.index != index)
      continue;
    if (state.stopped || !state.handles[i] || state.progress[i].ending)
      return caf::make_error(caf::sec::runtime_error, label(status) + " is down already");
    self->send_exit(state.handles[i], caf::exit_reason::kill);
    return true;
  }
  return caf::make_error(caf::sec::runtime_error, "there is no such actor");
}

} // namespace

supervisor_actor::behavior_type supervisor(self_pointer self, system_plan plan,
                                           std::function<void(const std::string&)> on_failure) {
  auto& state = self->state;
  state.plan = std::move(plan);
  state.on_failure = std::move(on_failure);
  state.handles.resize(state.plan.children.size());
  state.progress.resize(state.plan.children.size());
  state.policies.assign(state.plan.children.size(), restart_policy{restarts_max, restart_window});
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  for (std::size_t i = state.handles.size(); i-- > 0;) // consumers first
    static_cast<void>(start(self, i));
  return {
      [self](revive_atom, std::size_t index) {
        self->state.progress[index].due = true;
        revive_if_due(self, index);
      },
      [self](tick_atom, std::size_t index) { cut_off(self, index); },
      [self](restart_atom, const std::string& name, std::size_t index) { return restart(self, name, index); },
      [self](const new_settings& news) {
        // A child that is down reads the newest when it starts again.
        for (std::size_t i = 0; i < self->state.handles.size(); ++i)
          if (self->state.plan.children[i].live && self->state.handles[i])
            self->send(caf::actor_cast<live_actor>(self->state.handles[i]), news);
      },
      [self](stop_atom) {
        if (self->state.stopped)
          return;
        self->state.stopped = true;
        drain(self);
      },
  };
}

} // namespace cleartap
