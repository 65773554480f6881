// `cleartap watch`: live exchanges on the terminal, of a running cleartap or captured by this process itself.
#include "actors/feed/watch_hub.hpp"
#include "actors/wiring/node.hpp"
#include "tools/cleartap/admin_client.hpp"
#include "tools/cleartap/command.hpp"
#include "tools/cleartap/watch_line.hpp"

#include <iostream>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

struct watch_options {
  config_options config;
  bool as_json = false;
  std::optional<std::int64_t> pid;
  std::optional<double> seconds;
};

/// Prints what was asked for and says when to stop.
class printer {
public:
  printer(const watch_options& options, const stop_signals& signals)
      : options_{options}
      , signals_{signals}
      , end_{options.seconds ? steady::now() + std::chrono::duration_cast<steady::duration>(
                                                   std::chrono::duration<double>{*options.seconds})
                             : steady::time_point::max()} {}

  /// False when it is time to stop. An empty line only asks that.
  bool operator()(std::string_view line) {
    if (!line.empty())
      print(line);
    return std::cout.good() && steady::now() < end_ && !signals_.wait(0ms);
  }

private:
  void print(std::string_view line) {
    auto error = boost::system::error_code{};
    auto parsed = boost::json::parse(line, error);
    if (error || !parsed.is_object())
      return;
    const auto& exchange = parsed.get_object();
    if (options_.pid && exchange.at("process").at("pid").to_number<std::int64_t>() != *options_.pid)
      return;
    std::cout << (options_.as_json ? std::string{line} : watch_line(exchange)) << '\n' << std::flush;
  }

  const watch_options& options_;
  const stop_signals& signals_;
  steady::time_point end_;
};

int watch_running(const admin_client& client, const watch_options& options, const stop_signals& signals) {
  auto print = printer{options, signals};
  auto ended = client.stream("/v1/watch", [&](std::string_view line) { return print(line); });
  return ended ? 0 : fail(ended.error());
}

int capture_here(const settings& config, const watch_options& options, const stop_signals& signals) {
  auto failed = std::atomic<bool>{false};
  auto running = node::start(config, node_role::watch,
                             {.on_failure =
                                  [&](const std::string& text) {
                                    fail({text});
                                    failed = true;
                                  },
                              .reload = {}});
  if (!running)
    return fail(running.error());
  auto& node = **running;
  auto queue = node.watchers()->subscribe();
  while (!node.watched()->scanned && !failed)
    if (signals.wait(5ms))
      return 0;
  std::cerr << "no cleartap is running: this one captures " << node.watched()->libraries << " TLS libraries in "
            << node.watched()->processes << " processes" << std::endl;
  auto print = printer{options, signals};
  while (!failed && print(queue->pop(50ms).value_or("")))
    continue;
  running->reset(); // passes on what was captured
  while (auto line = queue->pop(0ms))
    print(*line);
  return failed ? 1 : 0;
}

int run(const watch_options& options) {
  auto config = options.config.load_for(node_role::watch);
  if (!config)
    return fail(config.error());
  auto signals = stop_signals{};
  spdlog::set_level(spdlog::level::warn);
  auto client = admin_client{*config};
  return client.reachable() ? watch_running(client, options, signals) : capture_here(*config, options, signals);
}

} // namespace

void add_watch(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("watch", "Print live exchanges, redacted");
  auto options = std::make_shared<watch_options>();
  options->config.add_to(*command);
  command->add_flag("--json", options->as_json, "One JSON object a line");
  command->add_option("--pid", options->pid, "Only exchanges of this process")->type_name("PID");
  command->add_option("--for", options->seconds, "Stop after so many seconds")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 1e9));
  command->footer("Joins the cleartap that runs on this machine; if none does, captures by itself.\n"
                  "Examples:\n"
                  "  cleartap watch\n"
                  "  cleartap watch --json --for 10 | jq .request.path\n"
                  "  cleartap watch --pid $(pidof nginx | cut -d' ' -f1)");
  command->callback([options, &status] { status = run(*options); });
}

} // namespace cleartap
