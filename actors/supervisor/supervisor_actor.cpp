#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/flow/stage.hpp"

#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using flow::actor_phase;

constexpr auto restarts_max = std::size_t{5};
constexpr auto restart_window = 60s;
constexpr auto grace_max = 3s; // for one child to drain

using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

std::string label(const flow::actor_status& status) { return status.name + "[" + std::to_string(status.index) + "]"; }

void introduce(supervisor_state& state, std::size_t fresh) {
  for (const auto& each : state.plan.introductions) {
    if (each.listener != fresh && each.subject != fresh)
      continue;
    if (state.handles[each.listener] && state.handles[each.subject])
      each.tell(state.handles[each.listener], state.handles[each.subject]);
  }
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
  introduce(state, index);
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
  self->send(caf::actor_cast<child_actor>(state.handles[state.stopping]), drain_atom_v);
  self->delayed_send(self, grace_max, tick_atom_v, state.stopping);
}

void give_up(self_pointer self, const std::string& reason) {
  auto& state = self->state;
  for (const auto& handle : state.handles)
    if (handle)
      self->send_exit(handle, caf::exit_reason::kill);
  state.on_failure(reason);
  self->quit(caf::make_error(caf::sec::runtime_error, reason));
}

/// The others of its group must not go on without it: they die with it and come back with it.
void end_group(self_pointer self, std::size_t dead) {
  auto& state = self->state;
  const auto& group = state.plan.children[dead].group;
  for (std::size_t i = 0; i < state.handles.size(); ++i)
    if (!group.empty() && i != dead && state.handles[i] && state.plan.children[i].group == group) {
      self->demonitor(state.handles[i]);
      self->send_exit(state.handles[i], caf::exit_reason::kill);
      state.handles[i] = nullptr;
      state.plan.children[i].status->phase = actor_phase::backing_off;
    }
}

void on_death(self_pointer self, std::size_t index, const caf::error& reason) {
  auto& state = self->state;
  auto& child = state.plan.children[index];
  auto text = reason ? flow::text_of(self->system(), reason) : "it ended";
  auto delay = state.policies[index].on_death(std::chrono::steady_clock::now());
  if (!delay) {
    child.status->phase = actor_phase::failed;
    give_up(self, label(*child.status) + " keeps failing: " + text);
    return;
  }
  spdlog::error("{} failed: {}; it starts again in {} ms", label(*child.status), text, delay->count());
  child.status->phase = actor_phase::backing_off;
  end_group(self, index);
  self->delayed_send(self, *delay, revive_atom_v, index);
}

void on_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  auto found = std::ranges::find_if(state.handles, [&](const auto& handle) { return handle && handle == down.source; });
  if (found == state.handles.end())
    return;
  auto index = static_cast<std::size_t>(found - state.handles.begin());
  *found = nullptr;
  if (!state.stopped) {
    on_death(self, index, down.reason);
    return;
  }
  state.plan.children[index].status->phase = actor_phase::stopped;
  if (index == state.stopping)
    drain(self);
}

void revive(self_pointer self, std::size_t index) {
  auto& state = self->state;
  if (state.stopped)
    return;
  const auto group = state.plan.children[index].group;
  for (std::size_t i = state.handles.size(); i-- > 0;) { // consumers first
    auto& child = state.plan.children[i];
    if (state.handles[i] || (i != index && (group.empty() || child.group != group)))
      continue;
    child.status->restarts.fetch_add(1);
    if (!start(self, i))
      return; // what begins with it waits for it
  }
}

} // namespace

supervisor_actor::behavior_type supervisor(self_pointer self, system_plan plan,
                                           std::function<void(const std::string&)> on_failure) {
  auto& state = self->state;
  state.plan = std::move(plan);
  state.on_failure = std::move(on_failure);
  state.handles.resize(state.plan.children.size());
  state.policies.assign(state.plan.children.size(), restart_policy{restarts_max, restart_window});
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  for (std::size_t i = state.handles.size(); i-- > 0;) // consumers first
    static_cast<void>(start(self, i));
  return {
      [self](revive_atom, std::size_t index) { revive(self, index); },
      [self](tick_atom, std::size_t index) {
        auto& st = self->state;
        if (!st.stopped || index != st.stopping)
          return;
        spdlog::warn("{} did not end in time and is cut off", label(*st.plan.children[index].status));
        self->send_exit(st.handles[index], caf::exit_reason::kill);
      },
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
