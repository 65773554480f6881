#include "tools/cleartap/command.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace cleartap {

void config_options::add_to(CLI::App& command) {
  command.add_option("--config", file, "YAML file with settings; config/cleartap.yaml lists all of them")
      ->type_name("FILE");
  command.add_option("--set", overrides, "One setting, over the file's: --set page.listen=127.0.0.1:8091")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

result<settings> config_options::load() const { return load_settings(file, overrides); }

result<settings> config_options::load_for(node_role role) const { return load_settings(file, overrides, role); }

int fail(const failure& why) {
  std::cerr << "cleartap: " << why.text << '\n';
  return 1;
}

stop_signals::stop_signals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN); // a closed pipe or connection is told by the write
}

int stop_signals::next(std::chrono::milliseconds time_max) const {
  auto time = timespec{.tv_sec = time_max.count() / 1000, .tv_nsec = time_max.count() % 1000 * 1'000'000};
  return std::max(0, sigtimedwait(&signals_, nullptr, &time));
}

node_signals::node_signals() : has_terminal_{isatty(STDIN_FILENO) == 1} {
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

node_signal node_signals::wait(std::chrono::milliseconds time_max) const {
  const auto signal = next(time_max);
  if (signal == 0)
    return node_signal::none;
  // The other meaning of SIGHUP: the terminal has gone, and with it who started this.
  const auto terminal_gone = has_terminal_ && isatty(STDIN_FILENO) == 0;
  return signal == SIGHUP && !terminal_gone ? node_signal::reload : node_signal::stop;
}

} // namespace cleartap
