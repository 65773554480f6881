#include "test/e2e/matrix.hpp"

#include "test/support/sniffer.hpp"
#include "test/support/text.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <deque>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace cleartap {

namespace {

using namespace support;
using boost::json::value;

constexpr auto kib = std::size_t{1024};
constexpr auto connections_together = 3;

/// Empty if they are the same. Not by CHECK itself, which would print megabytes.
std::string difference(const std::string& seen, const std::string& sent) {
  if (seen == sent)
    return {};
  auto at = std::ranges::mismatch(seen, sent).in1 - seen.begin();
  return std::to_string(seen.size()) + " of " + std::to_string(sent.size()) + " bytes, equal up to " +
         std::to_string(at);
}

/// Whether a connection is older than cleartap. Then its socket may stay unknown, but must not be wrong.
enum class moment { before_cleartap, after_cleartap };

/// What must be true of an observation beside what the call says.
struct side {
  std::string role;
  std::string_view library;
  pid_t program = 0; // the process or an ancestor of it
  pid_t process = 0; // 0: not known
  std::string local;
  std::string remote;
  moment opened = moment::after_cleartap;
};

bool descends_from(const value& seen, pid_t program) {
  if (number(seen, "/process/pid") == program)
    return true;
  for (auto i = 0; i < 5; ++i)
    if (number(seen, "/process/ancestors/" + std::to_string(i) + "/pid") == program)
      return true;
  return false;
}

void check_seen(const value& seen, const planned_call& call, const side& expected) {
  INFO(expected.role << " of " << call.path << ", seen at " << seen.at("process"));
  CHECK(text(seen, "/tls") == expected.library);
  CHECK(number(seen, "/response/status") == 200);
  CHECK(text(seen, "/quality") == "complete");
  CHECK(difference(body(seen, "/request"), call.request_body) == "");
  CHECK(difference(body(seen, "/response"), call.response_body) == "");
  if (expected.opened == moment::after_cleartap || text(seen, "/process/exe") != "null") // else it has ended already
    CHECK(descends_from(seen, expected.program));
  CHECK((expected.process == 0 || number(seen, "/process/pid") == expected.process));
  auto socket = text(seen, "/local") + " to " + text(seen, "/remote");
  if (expected.opened == moment::after_cleartap || socket != "null to null")
    CHECK(socket == expected.local + " to " + expected.remote);
}

/// A call that must be seen at the client, and mostly at the server.
struct owed_call {
  const planned_call& call;
  bool at_server;
};

class pair_check {
public:
  pair_check(const program& client, const program& server, const program_place& client_place,
             const program_place& server_place)
      : client_{client}
      , server_{server}
      , client_place_{client_place}
      , same_answer_{same_answer_of(server, files_)}
      , serving_{server, server_place, files_} {}

  void opened_before();
  void sizes();
  void together();
  void in_turn();
  void short_lived();
  void reloads();
  void several_workers();
  void all_once();

private:
  call_plan new_plan() const { return call_plan{files_.path(), same_answer_}; }
  bool bodies() const { return client_.takes_bodies && server_.takes_bodies; }
  bool keeps_alive() const { return client_.keeps_alive && server_.keeps_alive; }
  bool holds_connections() const { return client_.waits && keeps_alive(); }
  void connect_again(call_plan& plan) const {
    if (!keeps_alive())
      plan.connect();
  }
  calling_program start(const call_plan& plan, order how = order::together) {
    return {client_, client_place_, files_, serving_.port(), how, plan};
  }
  void expect_waiting(const call_plan& plan, const calling_program& calling);
  void open_watch();
  void warm_up();
  std::vector<owed_call> owed_of(const call_plan& plan, moment opened) const;
  bool all_seen(const std::vector<owed_call>& owed);
  void run_and_check(const char* what, const call_plan& plan, order how = order::together);
  void finish_and_check(const char* what, const call_plan& plan, calling_program& calling, moment opened);
  void check_end(const planned_call& call, const side& expected);

  const program& client_;
  const program& server_;
  program_place client_place_;
  program_files files_;
  temporary_directory home_;
  std::string same_answer_;
  serving_program serving_;
  std::optional<sniffer> tap_;
  std::optional<watcher> watch_;
  std::set<std::string> paths_; // of all that was checked
  std::set<pid_t> workers_;     // that served
};

void pair_check::open_watch() {
  auto settings = instance_settings{home_.path()};
  settings.set("bodies.rate_max", "1073741824");
  tap_.emplace(settings);
  watch_.emplace(settings);
  warm_up();
}

/// Both libraries have probes when a call is seen at both ends.
void pair_check::warm_up() {
  auto last = std::string{};
  auto traffic = [&] {
    auto plan = new_plan();
    plan.connect();
    plan.get(100);
    last = plan.connections().front().calls.front().path;
    auto calling = start(plan);
    REQUIRE(calling.process().wait() == 0);
  };
  for (auto role : {"client", "server"})
    watch_->warm_up([&](const value& each) { return called(role, serving_.authority(), last)(each); }, traffic);
}

/// On a connection that is older than cleartap the first call was over before, and a server that sleeps in a read has
/// begun to read the second.
std::vector<owed_call> pair_check::owed_of(const call_plan& plan, moment opened) const {
  auto unseen = std::size_t{opened == moment::before_cleartap ? 1u : 0u};
  auto unseen_at_server = unseen * (server_.sleeps_in_read ? 2 : 1);
  auto owed = std::vector<owed_call>{};
  for (const auto& connection : plan.connections())
    for (auto i = unseen; i < connection.calls.size(); ++i)
      owed.push_back({connection.calls[i], i >= unseen_at_server});
  return owed;
}

bool pair_check::all_seen(const std::vector<owed_call>& owed) {
  auto ends = std::set<std::pair<std::string, std::string>>{};
  static_cast<void>(watch_->seen([&](const value& each) {
    ends.emplace(text(each, "/role"), text(each, "/request/path"));
    return false;
  }));
  return std::ranges::all_of(owed, [&](const auto& each) {
    return ends.contains({"client", each.call.path}) && (!each.at_server || ends.contains({"server", each.call.path}));
  });
}

void pair_check::check_end(const planned_call& call, const side& expected) {
  auto all = watch_->seen(called(expected.role, serving_.authority(), call.path));
  if (all.empty())
    FAIL_CHECK(call.path << " is not seen at the " << expected.role);
  else
    check_seen(all.front(), call, expected);
}

void pair_check::finish_and_check(const char* what, const call_plan& plan, calling_program& calling, moment opened) {
  INFO(what << ", " << client_.name << " to " << server_.name);
  if (calling.process().wait(30s) != 0)
    FAIL(calling.process().complaints() << serving_.process().complaints());
  auto owed = owed_of(plan, opened);
  static_cast<void>(wait_until([&] { return all_seen(owed); }));
  auto reports = call_reports{};
  serving_.add_to(reports);
  calling.add_to(reports);
  for (const auto& [call, at_server] : owed) {
    const auto& report = reports[call.path];
    REQUIRE(report.client_port() != 0);
    REQUIRE((!report.own_port || !report.peer_port || report.own_port == report.peer_port));
    auto own = loopback(report.client_port());
    auto peer = loopback(serving_.port());
    check_end(call, {"client", client_.library, calling.process().pid(), 0, own, peer, opened});
    if (at_server)
      check_end(call, {"server", server_.library, serving_.process().pid(), report.server_pid, peer, own, opened});
    workers_.insert(report.server_pid);
    paths_.insert(call.path);
  }
}

void pair_check::run_and_check(const char* what, const call_plan& plan, order how) {
  auto calling = start(plan, how);
  finish_and_check(what, plan, calling, moment::after_cleartap);
}

/// All connections are open, and have had the answer to their first call.
void pair_check::expect_waiting(const call_plan& plan, const calling_program& calling) {
  INFO(client_.name << " to " << server_.name);
  if (!wait_until([&] { return calling.answered() == plan.connections().size(); }))
    FAIL("only " << calling.answered() << " of the first calls are answered. " << calling.process().complaints()
                 << serving_.process().complaints());
}

void pair_check::opened_before() {
  if (!holds_connections()) {
    open_watch();
    return;
  }
  auto plan = new_plan();
  for (auto i = 0; i < 2; ++i) {
    plan.connect();
    plan.get(100);
    plan.wait();
    plan.get(20 * kib);
    if (bodies())
      plan.post(20 * kib, writes::one, 100);
  }
  auto calling = start(plan);
  expect_waiting(plan, calling);
  open_watch();
  plan.go();
  finish_and_check("opened before cleartap", plan, calling, moment::before_cleartap);
}

void pair_check::sizes() {
  auto plan = new_plan();
  plan.connect();
  for (auto size : {100 * kib, 1024 * kib})
    for (auto way : {writes::one, writes::many}) {
      plan.get(size, way);
      connect_again(plan);
    }
  plan.get(0);
  if (bodies())
    for (auto size : {std::size_t{1}, 100 * kib, 256 * kib})
      for (auto way : {writes::one, writes::many}) {
        connect_again(plan);
        plan.post(size, way, 100);
      }
  run_and_check("sizes", plan, order::in_turn);
}

void pair_check::together() {
  auto plan = new_plan();
  for (auto i = 0; i < connections_together; ++i) {
    plan.connect();
    plan.get(100);
    if (holds_connections())
      plan.wait();
    for (auto j = 0; j < 3; ++j) {
      connect_again(plan);
      plan.get(30 * kib, writes::many);
      if (!bodies())
        continue;
      connect_again(plan);
      plan.post(30 * kib, writes::many, 1000);
    }
  }
  auto calling = start(plan);
  if (holds_connections())
    expect_waiting(plan, calling);
  plan.go();
  finish_and_check("together", plan, calling, moment::after_cleartap);
}

/// The next connection gets the memory of the one before.
void pair_check::in_turn() {
  auto plan = new_plan();
  for (auto i = 0; i < 10; ++i) {
    plan.connect();
    plan.get(1000);
    connect_again(plan);
    plan.get(500);
  }
  run_and_check("in turn", plan, order::in_turn);
}

void pair_check::short_lived() {
  for (auto i = 0; i < 10; ++i) {
    auto plan = new_plan();
    plan.connect();
    plan.get(1000);
    run_and_check("short-lived", plan);
  }
}

void pair_check::reloads() {
  constexpr auto times = std::size_t{3};
  auto plans = std::vector<call_plan>{};
  auto calling = std::deque<calling_program>{};
  for (auto i = 0; i < connections_together; ++i) {
    plans.push_back(new_plan());
    for (auto j = 0; j < 40; ++j) {
      plans.back().connect();
      plans.back().get(10 * kib);
    }
  }
  open_watch();
  for (const auto& plan : plans)
    calling.emplace_back(client_, client_place_, files_, serving_.port(), order::in_turn, plan);
  auto answered = [&] {
    return std::transform_reduce(calling.begin(), calling.end(), std::size_t{0}, std::plus{},
                                 [](const auto& each) { return each.answered(); });
  };
  for (auto time = std::size_t{1}; time <= times; ++time) {
    REQUIRE(wait_until([&] { return answered() >= 30 * time; }));
    serving_.process().signal(SIGHUP);
  }
  for (auto i = std::size_t{0}; i < plans.size(); ++i)
    finish_and_check("reloads", plans[i], calling[i], moment::after_cleartap);
  CHECK(workers_.size() > static_cast<std::size_t>(server_.workers));
}

void pair_check::all_once() {
  auto counts = std::map<std::pair<std::string, std::string>, int>{};
  static_cast<void>(watch_->seen([&](const value& each) {
    ++counts[{text(each, "/request/path"), text(each, "/role")}];
    return false;
  }));
  for (const auto& path : paths_)
    for (auto role : {"client", "server"})
      if (auto count = counts[{path, role}]; count > 1)
        FAIL_CHECK(path << " is seen " << count << " times at the " << role);
}

void pair_check::several_workers() {
  if (server_.workers > 1 && !workers_.contains(0))
    CHECK(workers_.size() > 1);
}

} // namespace

void check_pair(const program& client, const program& server, const program_place& client_place,
                const program_place& server_place) {
  auto check = pair_check{client, server, client_place, server_place};
  check.opened_before();
  check.sizes();
  check.together();
  check.in_turn();
  check.short_lived();
  check.several_workers();
  check.all_once();
}

void check_reloads(const program& client, const program& server) {
  auto check = pair_check{client, server, {}, {}};
  check.reloads();
  check.all_once();
}

} // namespace cleartap
