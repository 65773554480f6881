#include "actors/flow/stage.hpp"
#include "actors/supervisor/supervisor_actor.hpp"
#include "test/actors/running_system.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <mutex>

using namespace cleartap;
using flow::actor_phase;

namespace {

/// Records what happens to the children, from their threads.
class log {
public:
  void add(std::string what) {
    auto guard = std::lock_guard{mutex_};
    lines_.push_back(std::move(what));
  }
  std::vector<std::string> lines() const {
    auto guard = std::lock_guard{mutex_};
    return lines_;
  }
  std::size_t count(const std::string& what) const {
    auto all = lines();
    return static_cast<std::size_t>(std::ranges::count(all, what));
  }

private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

using worker_actor = child_actor::extend_with<live_actor>::extend<caf::reacts_to<tick_atom>>;

worker_actor::behavior_type worker(worker_actor::pointer self, log* events, std::string name, bool obeys) {
  flow::keep_exception_text(self);
  events->add("start " + name);
  return {
      [=](drain_atom) {
        events->add("drain " + name);
        if (obeys)
          self->quit();
      },
      [=](const new_settings& news) { events->add(name + " logs " + news.now->logLevel); },
      [=](tick_atom) { throw std::runtime_error{name + " broke"}; },
  };
}

/// Works on one message until it is released, and cannot be killed meanwhile.
worker_actor::behavior_type busy_worker(worker_actor::pointer self, log* events, std::string name,
                                        const std::atomic<bool>* released) {
  events->add("start " + name);
  return {
      [=](drain_atom) { self->quit(); },
      [](const new_settings&) {},
      [=](tick_atom) {
        events->add("busy " + name);
        static_cast<void>(wait_until([&] { return released->load(); }));
        events->add("released " + name);
      },
  };
}

/// What the actors use, also while their system ends.
struct recorded {
  log events;
  log failures;
  std::deque<flow::actor_status> statuses;
  std::atomic<bool> released{false};
};

struct fixture : recorded, running_system {
  std::vector<caf::actor> latest; // handle of each child, from introductions
  std::mutex latest_mutex;
  system_plan plan;
  supervisor_actor boss;

  ~fixture() { released = true; }

  void child(const std::string& name, const std::string& group = "", bool obeys = true) {
    add(name, group, [=, this](caf::actor_system& sys) {
      return caf::actor_cast<caf::actor>(sys.spawn(worker, &events, name, obeys));
    });
  }

  void busy_child(const std::string& name, const std::string& group = "") {
    add(name, group, [=, this](caf::actor_system& sys) {
      return caf::actor_cast<caf::actor>(sys.spawn<caf::detached>(busy_worker, &events, name, &released));
    });
  }

  void add(const std::string& name, const std::string& group, std::function<caf::actor(caf::actor_system&)> begin) {
    auto& status = statuses.emplace_back(name, 0, "");
    plan.children.push_back({&status, group, std::move(begin)});
    auto index = plan.children.size() - 1;
    latest.emplace_back();
    plan.introductions.push_back({index, index, [=, this](const caf::actor& handle, const caf::actor&) {
                                    auto guard = std::lock_guard{latest_mutex};
                                    latest[index] = handle;
                                  }});
  }

  void start() {
    boss = system.spawn(supervisor, plan, [this](const std::string& reason) { failures.add(reason); });
  }

  void break_child(std::size_t index) {
    REQUIRE(wait_until([&] { return statuses[index].phase == actor_phase::running; }));
    auto guard = std::lock_guard{latest_mutex};
    self->send(caf::actor_cast<worker_actor>(latest[index]), tick_atom_v);
  }

  bool restart(const std::string& name, std::size_t index = 0) {
    auto taken = false;
    self->request(boss, std::chrono::seconds{5}, restart_atom_v, name, index)
        .receive([&](bool answer) { taken = answer; }, [](const caf::error&) {});
    return taken;
  }

  void stop() {
    self->send(boss, stop_atom_v);
    self->wait_for(boss);
  }
};

} // namespace

TEST_CASE("a child that breaks starts again and is introduced again, the others go on") {
  auto test = fixture{};
  test.child("a");
  test.child("b");
  test.start();
  test.break_child(0);
  CHECK(wait_until([&] { return test.events.count("start a") == 2; }));
  CHECK(test.events.count("start b") == 1);
  CHECK(test.statuses[0].restarts == 1);
  test.break_child(0);
  CHECK(wait_until([&] { return test.events.count("start a") == 3; }));
  test.stop();
  CHECK(test.failures.lines().empty());
}

TEST_CASE("children of one group start again together") {
  auto test = fixture{};
  test.child("intake", "reconstructor");
  test.child("store", "reconstructor");
  test.child("page");
  test.start();
  test.break_child(1);
  CHECK(wait_until([&] { return test.events.count("start intake") == 2 && test.events.count("start store") == 2; }));
  CHECK(test.events.count("start page") == 1);
  test.stop();
}

TEST_CASE("children end one after the other, in the order of the plan") {
  auto test = fixture{};
  for (const auto* name : {"ring", "streams", "store"})
    test.child(name);
  test.start();
  test.stop();
  auto lines = test.events.lines();
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("start"); });
  CHECK(lines == std::vector<std::string>{"drain ring", "drain streams", "drain store"});
  for (const auto& status : test.statuses)
    CHECK(status.phase == actor_phase::stopped);
}

TEST_CASE("a child that does not end in time is cut off, and the next one still ends in order") {
  auto test = fixture{};
  test.child("stuck", "", false);
  test.child("store");
  test.plan.grace_max = std::chrono::milliseconds{20};
  test.start();
  test.stop();
  CHECK(test.events.count("drain store") == 1);
}

TEST_CASE("a child that cannot even be killed is left behind, and the next one still ends in order") {
  auto test = fixture{};
  test.busy_child("stuck");
  test.child("store");
  test.plan.grace_max = std::chrono::milliseconds{20};
  test.start();
  test.break_child(0);
  REQUIRE(wait_until([&] { return test.events.count("busy stuck") == 1; }));
  test.stop();
  CHECK(test.events.count("drain store") == 1);
  CHECK(test.statuses[0].phase == actor_phase::failed);
  CHECK(test.statuses[1].phase == actor_phase::stopped);
}

TEST_CASE("a group begins again only when all of it is gone") {
  auto test = fixture{};
  test.child("intake", "reconstructor");
  test.busy_child("store", "reconstructor");
  test.start();
  test.break_child(1);
  REQUIRE(wait_until([&] { return test.events.count("busy store") == 1; }));
  test.break_child(0);
  REQUIRE(wait_until([&] { return test.statuses[1].phase == actor_phase::backing_off; }));
  CHECK_FALSE(test.restart("store")); // it is about to begin again anyway
  test.released = true;
  REQUIRE(wait_until([&] { return test.events.count("start intake") == 2; }));
  auto lines = test.events.lines();
  CHECK(std::ranges::find(lines, "released store") <
        std::ranges::find(lines.rbegin(), lines.rend(), "start intake").base() - 1);
  CHECK(test.statuses[0].restarts == 1);
  CHECK(test.statuses[1].restarts == 1);
  test.stop();
}

TEST_CASE("a child that is killed on demand starts again, one that does not exist is not") {
  auto test = fixture{};
  test.child("a");
  test.start();
  REQUIRE(wait_until([&] { return test.statuses[0].phase == actor_phase::running; }));
  CHECK_FALSE(test.restart("b"));
  CHECK_FALSE(test.restart("a", 1));
  CHECK(test.restart("a"));
  CHECK(wait_until([&] { return test.events.count("start a") == 2 && test.statuses[0].restarts == 1; }));
  test.stop();
  CHECK(test.failures.lines().empty());
}

TEST_CASE("killed on demand too often, a child ends everything like any other") {
  auto test = fixture{};
  test.child("a");
  test.start();
  for (std::uint64_t i = 0; i < 5; ++i) {
    REQUIRE(
        wait_until([&] { return test.statuses[0].restarts == i && test.statuses[0].phase == actor_phase::running; }));
    CHECK(test.restart("a"));
  }
  REQUIRE(wait_until([&] { return test.statuses[0].restarts == 5 && test.statuses[0].phase == actor_phase::running; }));
  CHECK(test.restart("a"));
  test.self->wait_for(test.boss);
  CHECK(test.failures.lines() ==
        std::vector<std::string>{"a[0] failed more than 5 times in 60 s, the last time because: it was killed"});
}

TEST_CASE("new settings go to the live children alone") {
  auto test = fixture{};
  for (const auto* name : {"streams", "page", "uplink"})
    test.child(name);
  test.plan.children[0].live = test.plan.children[2].live = true;
  test.start();
  const auto next = settings{.logLevel = "debug"};
  test.self->send(test.boss, new_settings{&next});
  CHECK(wait_until(
      [&] { return test.events.count("streams logs debug") == 1 && test.events.count("uplink logs debug") == 1; }));
  test.stop();
  CHECK(test.events.count("page logs debug") == 0);
}

TEST_CASE("a child that keeps failing ends everything, with its exception's text as the reason") {
  auto test = fixture{};
  test.child("fragile");
  test.child("store");
  test.start();
  for (std::size_t i = 1; test.failures.lines().empty() && i < 10; ++i) {
    test.break_child(0);
    REQUIRE(wait_until([&] { return test.events.count("start fragile") > i || !test.failures.lines().empty(); }));
  }
  test.self->wait_for(test.boss);
  REQUIRE(test.failures.lines().size() == 1);
  CHECK(test.failures.lines()[0].find("fragile broke") != std::string::npos);
  CHECK(test.statuses[0].phase == actor_phase::failed);
}
