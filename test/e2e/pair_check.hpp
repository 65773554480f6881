// A program that calls and one that serves, with cleartap beside them: holds what was seen of each call at each end
// against what both programs sent and say. Refuses to know which calls are made.
#pragma once

#include "test/support/programs.hpp"
#include "test/support/sniffer.hpp"

#include <optional>
#include <set>

namespace cleartap {

/// Whether a connection is older than cleartap. Then its socket may stay unknown, but must not be wrong.
enum class moment { before_cleartap, after_cleartap };

class pair_check {
public:
  pair_check(const support::program& client, const support::program& server,
             const support::program_place& client_place = {}, const support::program_place& server_place = {});

  /// What both of them can.
  bool keeps_alive() const { return client_.keeps_alive && server_.keeps_alive; }
  bool holds_connections() const { return client_.waits && keeps_alive(); }
  bool bodies() const { return client_.takes_bodies && server_.takes_bodies; }

  support::call_plan new_plan() const { return support::call_plan{files_.path(), same_answer_}; }

  /// The next call is on the same connection, if that can be.
  void connect_again(support::call_plan& plan) const;

  support::calling_program start(const support::call_plan& plan, support::order how = support::order::together);

  /// Until all connections are open and have had the answer to their first call.
  void expect_waiting(const support::call_plan& plan, const support::calling_program& calling);

  /// Starts cleartap, and waits until it shows what both programs do.
  void open_watch();

  /// Waits for the end of the client, and checks each call.
  void finish_and_check(const char* what, const support::call_plan& plan, support::calling_program& calling,
                        moment opened = moment::after_cleartap);
  void run_and_check(const char* what, const support::call_plan& plan, support::order how = support::order::together);

  /// That nothing of all that was checked has been seen twice.
  void check_all_once();

  /// The processes that have served, as far as the server tells.
  const std::set<pid_t>& workers() const noexcept { return workers_; }
  const support::program& server() const noexcept { return server_; }
  void signal_server(int number) { serving_.process().signal(number); }

private:
  struct owed_call;
  struct side;

  void warm_up();
  std::vector<owed_call> owed_of(const support::call_plan& plan, moment opened) const;
  bool all_seen(const std::vector<owed_call>& owed);
  void check_end(const support::planned_call& call, const side& expected);
  static void check_seen(const boost::json::value& seen, const support::planned_call& call, const side& expected);

  const support::program& client_;
  const support::program& server_;
  support::program_place client_place_;
  support::program_files files_;
  temporary_directory home_;
  std::string same_answer_;
  support::serving_program serving_;
  std::optional<support::sniffer> tap_;
  std::optional<support::watcher> watch_;
  std::set<std::string> paths_; // of all that was checked
  std::set<pid_t> workers_;
};

} // namespace cleartap
