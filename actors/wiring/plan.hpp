// Collects what the supervisor has to start: actors, the edges between them, who is told of whom. Refuses to know which
// actors there are.
#pragma once

#include "actors/flow/outlet.hpp"
#include "actors/supervisor/supervisor_actor.hpp"
#include "config/live_settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cleartap::wiring {

using flow::actor_status;
using flow::edge_status;
using child_indexes = std::vector<std::size_t>;
using spawn_fn = std::function<caf::actor(caf::actor_system&)>;

/// An actor starts with the settings that are in force by then.
template <class T>
const T& at_start(const T& argument) {
  return argument;
}
inline const settings* at_start(const live_settings* live) { return live->current(); }

template <class Function, class... Arguments>
spawn_fn spawner(Function function, Arguments... arguments) {
  return [=](caf::actor_system& system) {
    return caf::actor_cast<caf::actor>(system.spawn(function, at_start(arguments)...));
  };
}

/// In a thread of its own, for actors that wait for files or the kernel.
template <class Function, class... Arguments>
spawn_fn detached_spawner(Function function, Arguments... arguments) {
  return [=](caf::actor_system& system) {
    return caf::actor_cast<caf::actor>(system.spawn<caf::detached>(function, at_start(arguments)...));
  };
}

/// What an introduction sends: `front` and the subject's handle.
template <class Handle, class... Message>
std::function<void(const caf::actor&, const caf::actor&)> send_subject(Message... front) {
  return [front...](const caf::actor& listener, const caf::actor& subject) {
    caf::anon_send(listener, front..., caf::actor_cast<Handle>(subject));
  };
}

/// Children are stopped in the order in which they are added, which is that of the flow, and started the other way
/// round.
class plan {
public:
  explicit plan(flow::directory& directory) noexcept : directory_{directory} {}

  flow::directory& directory() noexcept { return directory_; }

  edge_status* add_edge(const char* from, const char* to, const char* unit, const stage_settings& stage) {
    return &directory_.add_edge(from, to, unit, stage.actors, stage.batch_max, stage.credit_max, stage.queue_max);
  }

  /// `spawn` is called with the status and the index of each actor, and returns how to start it. Children of one group
  /// begin again together.
  template <class Spawn>
  child_indexes add_stage(const char* name, const char* unit, std::size_t actors, Spawn spawn,
                          const std::string& group = {}) {
    auto indexes = child_indexes{};
    for (std::size_t i = 0; i < actors; ++i) {
      auto& status = directory_.add_actor(name, i, unit);
      indexes.push_back(children_.children.size());
      children_.children.push_back({&status, group, spawn(status, i)});
    }
    return indexes;
  }

  /// They take over settings that change.
  void mark_live(const child_indexes& children) {
    for (auto each : children)
      children_.children[each].live = true;
  }

  /// Lane i of the edge leads to the i-th consumer.
  template <class Batch>
  void connect(edge_status* edge, const child_indexes& producers, const child_indexes& consumers) {
    using producer_handle = caf::typed_actor<caf::reacts_to<flow::announcement<Batch>>>;
    for (std::size_t lane = 0; lane < consumers.size(); ++lane)
      for (auto producer : producers) {
        auto* status = children_.children[consumers[lane]].status;
        auto tell = [edge, lane, status](const caf::actor& listener, const caf::actor& subject) {
          caf::anon_send(caf::actor_cast<producer_handle>(listener),
                         flow::announcement<Batch>{edge, lane, caf::actor_cast<flow::sink<Batch>>(subject), status});
        };
        introduce(producer, consumers[lane], std::move(tell));
      }
  }

  void introduce(std::size_t listener, std::size_t subject,
                 std::function<void(const caf::actor&, const caf::actor&)> tell) {
    children_.introductions.push_back({listener, subject, std::move(tell)});
  }

  /// The child may ask the supervisor.
  template <class Handle>
  void confide_in(std::size_t child) {
    children_.confidants.push_back({child, [](const caf::actor& listener, const supervisor_actor& boss) {
                                      caf::anon_send(caf::actor_cast<Handle>(listener), boss);
                                    }});
  }

  system_plan take() { return std::move(children_); }

private:
  flow::directory& directory_;
  system_plan children_;
};

} // namespace cleartap::wiring
