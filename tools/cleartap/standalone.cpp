// `cleartap standalone`: sniffer and reconstructor in one process.
#include "actors/wiring.hpp"
#include "tools/cleartap/command.hpp"

#include <iostream>
#include <mutex>
#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

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

void greet(const node& running) {
  const auto& watched = running.watched();
  std::cout << "cleartap watches " << watched.libraries << " TLS libraries in " << watched.processes << " processes\n"
            << "web page: " << (running.page_url().empty() ? "off (page.enabled)" : running.page_url()) << "\n"
            << "Press Ctrl+C to stop." << std::endl;
  if (watched.libraries == 0)
    spdlog::warn("no TLS library is in use yet; programs that start later are found");
}

int run(const settings& config) {
  auto signals = stop_signals{};
  spdlog::set_level(spdlog::level::from_str(config.logLevel));
  auto failed = failure_report{};
  auto running = node::start(config, node_parts::standalone, [&](const std::string& text) { failed.set(text); });
  if (!running)
    return fail(running.error());
  auto greeted = false;
  while (!failed.text() && !signals.wait(greeted ? 500ms : 20ms)) {
    const auto& node = **running;
    if (greeted || !node.watched().scanned || (config.page.enabled && node.page_url().empty()))
      continue;
    greet(node);
    greeted = true;
  }
  if (auto text = failed.text())
    return fail({*text});
  running->reset();
  std::cout << "stopped; nothing is attached any more" << std::endl;
  return 0;
}

} // namespace

void add_standalone(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("standalone", "Capture, infer and show the web page, all in this process");
  auto options = std::make_shared<config_options>();
  options->add_to(*command);
  command->footer("Examples:\n"
                  "  cleartap standalone\n"
                  "  cleartap standalone --config /etc/cleartap.yaml\n"
                  "  cleartap standalone --set page.listen=127.0.0.1:8091 --set store.path=/tmp/cleartap");
  command->callback([options, &status] {
    auto config = options->load_for(node_role::standalone);
    status = config ? run(*config) : fail(config.error());
  });
}

} // namespace cleartap
