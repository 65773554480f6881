// What the subcommands share: one function each that adds itself to the command line. Refuses to know what they do.
#pragma once

#include "config/settings_check.hpp"
#include "messages/result.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cleartap {

/// Each adds its subcommand; running it stores the exit status.
void add_standalone(CLI::App& app, int& status);
void add_sniffer(CLI::App& app, int& status);
void add_reconstructor(CLI::App& app, int& status);
void add_watch(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_ctl(CLI::App& app, int& status);
void add_certs(CLI::App& app, int& status);
void add_redact(CLI::App& app, int& status);

/// --config and --set, which every subcommand that reads settings has.
struct config_options {
  std::string file;
  std::vector<std::string> overrides;

  void add_to(CLI::App& command);
  [[nodiscard]] result<settings> load() const; // to ask another process that runs with them
  [[nodiscard]] result<settings> load_for(node_role role) const;
};

/// Prints "cleartap: <text>" to standard error and returns the exit status 1.
int fail(const failure& why);

/// SIGINT and SIGTERM wait here instead of ending the process. Make one before any thread starts.
class stop_signals {
public:
  stop_signals();

  /// True once a signal has come; waits at most `time_max` for it.
  bool wait(std::chrono::milliseconds time_max) const { return next(time_max) > 0; }

protected:
  /// The signal that came, or none.
  int next(std::chrono::milliseconds time_max) const;

  sigset_t signals_;
};

enum class node_signal : std::uint8_t { none, stop, reload };

/// For a node, SIGHUP waits here too: it asks to read the settings anew.
class node_signals : stop_signals {
public:
  node_signals();

  [[nodiscard]] node_signal wait(std::chrono::milliseconds time_max) const;

private:
  bool has_terminal_;
};

} // namespace cleartap
