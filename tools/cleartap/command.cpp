#include "tools/cleartap/command.hpp"

#include <iostream>

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

bool stop_signals::wait(std::chrono::milliseconds time_max) const {
  auto time = timespec{.tv_sec = time_max.count() / 1000, .tv_nsec = time_max.count() % 1000 * 1'000'000};
  return sigtimedwait(&signals_, nullptr, &time) > 0;
}

} // namespace cleartap
