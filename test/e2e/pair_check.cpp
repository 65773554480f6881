#include "test/e2e/pair_check.hpp"

#include "test/support/text.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>

namespace cleartap {

using namespace support;
using boost::json::value;

namespace {

/// Empty if they are the same. Not by CHECK itself, which would print megabytes.
std::string difference(const std::string& seen, const std::string& sent) {
  if (seen == sent)
    return {};
  auto at = std::ranges::mismatch(seen, sent).in1 - seen.begin();
  return std::to_string(seen.size()) + " of " + std::to_string(sent.size()) + " bytes, equal up to " +
         std::to_string(at);
}

bool descends_from(const value& seen, pid_t program) {
  if (number(seen, "/process/pid") == program)
    return true;
  for (auto i = 0; i < 5; ++i)
    if (number(seen, "/process/ancestors/" + std::to_string(i) + "/pid") == program)
      return true;
  return false;
}

} // namespace

/// What must be true of an observation beside what the call says.
struct pair_check::side {
  std::string role;
  std::string_view library;
  pid_t program = 0; // the process or an ancestor of it
  pid_t process = 0; // 0: not known
  std::string local;
  std::string remote;
  moment opened = moment::after_cleartap;
  std::string http;

  /// What was sent before HTTP/2 was joined may be what later fields refer to.
  bool may_miss_fields() const { return opened == moment::before_cleartap && http == "2"; }
  bool may_miss_socket() const { return opened == moment::before_cleartap; }
};

/// A call that must be seen at the client, and mostly at the server.
struct pair_check::owed_call {
  const planned_call& call;
  bool at_server;
};

pair_check::pair_check(const program& client, const program& server, const program_place& client_place,
                       const program_place& server_place)
    : client_{client}
    , server_{server}
    , client_place_{client_place}
    , same_answer_{same_answer_of(server, files_)}
    , serving_{server, server_place, files_} {}

void pair_check::connect_again(call_plan& plan) const {
  if (!keeps_alive())
    plan.connect();
}

calling_program pair_check::start(const call_plan& plan, order how) {
  return {client_, client_place_, files_, serving_.port(), how, plan};
}

void pair_check::expect_waiting(const call_plan& plan, const calling_program& calling) {
  INFO(client_.name << " to " << server_.name);
  if (!wait_until([&] { return calling.answered() == plan.connections().size(); }))
    FAIL("only " << calling.answered() << " of the first calls are answered. " << calling.process().complaints()
                 << serving_.process().complaints());
}

void pair_check::open_watch() {
  auto settings = instance_settings{home_.path()};
  settings.set("bodies.rate_max", "1073741824");
  settings.set("capture.perfBufferPages", "8192"); // a busy machine must not lose what is checked byte by byte
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
std::vector<pair_check::owed_call> pair_check::owed_of(const call_plan& plan, moment opened) const {
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
  auto host = [&](const value& each) {
    auto seen = text(each, "/request/host");
    return seen == serving_.authority() || (expected.may_miss_fields() && seen == "null");
  };
  auto all = watch_->seen([&](const value& each) {
    return text(each, "/role") == expected.role && text(each, "/request/path") == call.path && host(each);
  });
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
  static_cast<void>(wait_until([&] { return all_seen(owed); }, 30s));
  auto reports = call_reports{};
  serving_.add_to(reports);
  calling.add_to(reports);
  auto http = std::string{client_.http};
  for (const auto& [call, at_server] : owed) {
    const auto& report = reports[call.path];
    REQUIRE(report.client_port() != 0);
    REQUIRE((!report.own_port || !report.peer_port || report.own_port == report.peer_port));
    auto own = loopback(report.client_port());
    auto peer = loopback(serving_.port());
    check_end(call, {"client", client_.library, calling.process().pid(), 0, own, peer, opened, http});
    if (at_server)
      check_end(call,
                {"server", server_.library, serving_.process().pid(), report.server_pid, peer, own, opened, http});
    workers_.insert(report.server_pid);
    paths_.insert(call.path);
  }
}

void pair_check::run_and_check(const char* what, const call_plan& plan, order how) {
  auto calling = start(plan, how);
  finish_and_check(what, plan, calling);
}

void pair_check::check_seen(const value& seen, const planned_call& call, const side& expected) {
  INFO(expected.role << " of " << call.path << ", seen at " << seen.at("process"));
  CHECK(text(seen, "/tls") == expected.library);
  CHECK(text(seen, "/request/version") == expected.http);
  CHECK(text(seen, "/request/method") == (call.request_body.empty() ? "GET" : "POST"));
  CHECK(number(seen, "/response/status") == 200);
  auto quality = text(seen, "/quality");
  CHECK((quality == "complete" || (expected.may_miss_fields() && quality == "fields_unknown")));
  CHECK((quality == "fields_unknown" || text(seen, "/request/host") != "null"));
  CHECK(difference(body(seen, "/request"), call.request_body) == "");
  CHECK(difference(body(seen, "/response"), call.response_body) == "");
  if (expected.opened == moment::after_cleartap || text(seen, "/process/exe") != "null") // else it has ended already
    CHECK(descends_from(seen, expected.program));
  CHECK((expected.process == 0 || number(seen, "/process/pid") == expected.process));
  auto socket = text(seen, "/local") + " to " + text(seen, "/remote");
  if (!expected.may_miss_socket() || socket != "null to null")
    CHECK(socket == expected.local + " to " + expected.remote);
}

void pair_check::check_all_once() {
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

} // namespace cleartap
