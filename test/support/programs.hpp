// Programs that call or serve, by the one contract that test/e2e/README.md states for all of them. Refuses to know
// cleartap.
#pragma once

#include "test/support/network.hpp"
#include "test/support/program_plan.hpp"
#include "test/support/temporary_directory.hpp"

#include <map>

namespace cleartap::support {

/// A row of the matrix.
struct program {
  std::string_view name;
  std::string_view library;    // as `tls` of its exchanges says
  std::string_view needs;      // a shell command that succeeds where it is installed
  std::string_view command;    // its words; @ stands for the folder of the scripts
  bool keeps_alive = true;     // several calls on one connection
  bool takes_bodies = true;    // of requests
  bool waits = true;           // between two calls of a connection, when it is told to
  bool same_answer = false;    // a server that has one answer to all
  bool sleeps_in_read = false; // waits for the next request inside a TLS read, which probes that come later do not see
  int workers = 1;             // processes of a server that get connections
  bool in_roots = false;       // `root_filesystem` has it too

  /// The version of HTTP. In 2, what a client asks between two waits is asked at once.
  std::string_view http = "1.1";
};

/// Where a program runs: here, or in a root file system with mounts and pids of its own, or in another network.
struct program_place {
  std::string root = {};
  int network = -1; // of /proc/PID/ns/net
};

[[nodiscard]] bool installed(const program& what, const program_place& where = {});

/// The place where programs of a Debian release are; made if it is not there, which takes a minute or two.
[[nodiscard]] program_place root_filesystem(const std::string& release);

/// The directory with everything that one test's programs read and write, at the same path in every place.
class program_files {
public:
  program_files();

  const std::filesystem::path& path() const noexcept { return directory_.path(); }
  std::string chain() const { return path() / "chain.pem"; }
  std::string key() const { return path() / "key.pem"; }

private:
  temporary_directory directory_;
};

/// What the two ends of a connection say about a call.
struct call_report {
  std::uint16_t own_port = 0;  // of the client, as it says; 0: it does not
  std::uint16_t peer_port = 0; // the same, as the server says
  pid_t server_pid = 0;

  std::uint16_t client_port() const noexcept { return own_port ? own_port : peer_port; }
};
using call_reports = std::map<std::string, call_report>; // by path

class serving_program {
public:
  serving_program(const program& what, const program_place& where, const program_files& files);

  std::uint16_t port() const noexcept { return port_; }
  std::string authority() const { return "localhost:" + std::to_string(port_); }
  child& process() noexcept { return process_; }

  /// What it said so far.
  void add_to(call_reports& reports) const;

private:
  std::uint16_t port_ = free_port();
  child process_;
  bool own_pids_; // what it says about pids is not true here
};

enum class order { together, in_turn };

/// Makes the connections of a plan.
class calling_program {
public:
  calling_program(const program& what, const program_place& where, const program_files& files, std::uint16_t port,
                  order how, const call_plan& plan);

  child& process() noexcept { return process_; }
  const child& process() const noexcept { return process_; }

  /// The calls that have had their answer.
  std::size_t answered() const;

  void add_to(call_reports& reports) const;

private:
  child process_;
};

/// The answer that a server with `same_answer` gives.
[[nodiscard]] std::string same_answer_of(const program& server, const program_files& files);

} // namespace cleartap::support
