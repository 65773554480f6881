#include "tools/cleartap/run_node.hpp"

#include "actors/wiring/node.hpp"
#include "tools/cleartap/reloader.hpp"

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <spdlog/spdlog.h>
#include <thread>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto failure_time_max = 3s; // nothing is waited for but the actors' own ends
constexpr auto stop_time_max = 25s;   // an orchestrator commonly waits half a minute

/// The reason why the node gave up, from whatever thread it did.
class failure_report {
public:
  void set(const std::string& text) {
    auto guard = std::lock_guard{mutex_};
    text_ = text;
  }
  std::optional<std::string> text() const {
    auto guard = std::lock_guard{mutex_};
    return text_;
  }

private:
  mutable std::mutex mutex_;
  std::optional<std::string> text_;
};

/// Whether all that others may want of it is there.
bool ready(const node& running, const settings& config, node_role role) {
  if (running.watched() && !running.watched()->scanned)
    return false;
  auto has_page = role != node_role::sniffer && config.page.enabled;
  return !has_page || !running.page_url().empty();
}

void greet(const node& running, const settings& config, node_role role) {
  if (const auto* watched = running.watched()) {
    std::cout << "cleartap watches " << watched->libraries << " TLS libraries in " << watched->processes
              << " processes\n";
    if (watched->libraries == 0)
      spdlog::warn("no TLS library is in use yet; programs that start later are found");
  }
  if (role == node_role::sniffer)
    std::cout << "exchanges go to the reconstructor at " << to_string(config.link.connect) << "\n";
  else
    std::cout << "web page: " << (running.page_url().empty() ? "off (page.enabled)" : running.page_url()) << "\n";
  if (role == node_role::reconstructor)
    std::cout << "sniffers connect to " << to_string(config.link.listen) << "\n";
  std::cout << "Press Ctrl+C to stop." << std::endl;
}

/// Ends the process without order if it is still there after `time_max`: an actor that is stuck must not keep an
/// orchestrator from starting it again. The kernel then takes out the probes, and the store is whole at any moment.
class end_limit {
public:
  explicit end_limit(std::chrono::milliseconds time_max)
      : thread_{[time_max](const std::stop_token& ended) {
        auto mutex = std::mutex{};
        auto lock = std::unique_lock{mutex};
        if (std::condition_variable_any{}.wait_for(lock, ended, time_max, [] { return false; }) ||
            ended.stop_requested())
          return;
        static_cast<void>(fail({"an actor is stuck: ended without waiting for it"}));
        std::_Exit(1);
      }} {}

private:
  std::jthread thread_;
};

int run(const settings& config, const config_options& options, node_role role) {
  auto signals = node_signals{};
  set_log_level(config);
  auto failed = failure_report{};
  auto reloads = reloader{options, role};
  auto running = node::start(
      config, role,
      {.on_failure = [&](const std::string& text) { failed.set(text); }, .reload = [&] { return reloads.reload(); }});
  if (!running)
    return fail(running.error());
  reloads.attach(**running);
  auto greeted = false;
  while (!failed.text()) {
    const auto told = signals.wait(greeted ? 500ms : 20ms);
    if (told == node_signal::stop)
      break;
    if (told == node_signal::reload)
      static_cast<void>(reloads.reload()); // the log has the outcome
    if (greeted || !ready(**running, config, role))
      continue;
    greet(**running, config, role);
    greeted = true;
  }
  if (auto text = failed.text()) {
    auto status = fail({*text});
    auto limit = end_limit{failure_time_max};
    running->reset();
    return status;
  }
  auto limit = end_limit{stop_time_max};
  running->reset();
  std::cout << (role == node_role::reconstructor ? "stopped; all that was acknowledged is stored"
                                                 : "stopped; nothing is attached any more")
            << std::endl;
  return 0;
}

} // namespace

void add_node(CLI::App& app, int& status, node_role role, const char* name, const char* help, const char* footer) {
  auto* command = app.add_subcommand(name, help);
  auto options = std::make_shared<config_options>();
  options->add_to(*command);
  command->footer(footer);
  command->callback([options, role, &status] {
    auto config = options->load_for(role);
    status = config ? run(*config, *options, role) : fail(config.error());
  });
}

} // namespace cleartap
