// `cleartap ctl`: asks a running cleartap about itself, or tells it to do something.
#include "tools/cleartap/admin_client.hpp"
#include "tools/cleartap/command.hpp"
#include "tools/cleartap/ctl_restart.hpp"
#include "tools/cleartap/ctl_tables.hpp"

#include <iostream>

namespace cleartap {

namespace {

namespace json = boost::json;

struct ctl_options {
  config_options config;
  bool as_json = false;
  std::string level; // of `log-level`; empty: only ask
  std::string actor; // of `restart`
};

using renderer = std::string (*)(const json::object&);

int show(const ctl_options& options, const std::string& path, renderer render) {
  auto config = options.config.load();
  if (!config)
    return fail(config.error());
  auto answer = admin_client{*config}.get(path);
  if (!answer)
    return fail(answer.error());
  std::cout << (options.as_json ? *answer + "\n" : render(json::parse(*answer).as_object()));
  return 0;
}

int tell(const ctl_options& options, const std::string& path, std::string_view done) {
  auto config = options.config.load();
  if (!config)
    return fail(config.error());
  auto answer = admin_client{*config}.post(path);
  if (!answer)
    return fail(answer.error());
  std::cout << (options.as_json ? *answer : std::string{done}) << '\n';
  return 0;
}

int reload(const ctl_options& options) {
  auto config = options.config.load();
  if (!config)
    return fail(config.error());
  auto answer = admin_client{*config}.post("/v1/reload");
  if (!answer)
    return fail(answer.error());
  const auto outcome = json::parse(*answer).as_object();
  const auto applied = outcome.at("applied").as_bool();
  if (options.as_json)
    std::cout << *answer << '\n';
  else if (applied)
    std::cout << changes_lines(outcome);
  if (applied)
    return 0;
  return fail({"the settings stay as they were:" + problems_lines(outcome)});
}

CLI::App* add_verb(CLI::App& ctl, const std::shared_ptr<ctl_options>& options, const char* name, const char* help) {
  auto* verb = ctl.add_subcommand(name, help);
  options->config.add_to(*verb);
  verb->add_flag("--json", options->as_json, "The answer as JSON");
  return verb;
}

void add_log_level(CLI::App& ctl, const std::shared_ptr<ctl_options>& options, int& status) {
  auto* verb = add_verb(ctl, options, "log-level", "How much is logged; with a LEVEL, change it until the next start");
  verb->add_option("LEVEL", options->level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  verb->callback([=, &status] {
    status = options->level.empty() ? show(*options, "/v1/log-level", log_level_line)
                                    : tell(*options, "/v1/log-level/" + options->level, options->level);
  });
}

void add_restart(CLI::App& ctl, const std::shared_ptr<ctl_options>& options, int& status) {
  auto* verb =
      add_verb(ctl, options, "restart", "Kill an actor, so that it begins again; what it held is counted as lost");
  verb->add_option("ACTOR", options->actor, "As `ctl actors` shows it: uplink, streams[0]")->required();
  verb->callback([=, &status] {
    auto config = options->config.load();
    if (!config) {
      status = fail(config.error());
      return;
    }
    auto done = restart_actor(admin_client{*config}, options->actor);
    if (done)
      std::cout << (options->as_json ? *done : options->actor + " runs again") << '\n';
    status = done ? 0 : fail(done.error());
  });
}

} // namespace

void add_ctl(CLI::App& app, int& status) {
  auto* ctl = app.add_subcommand("ctl", "Look into a running cleartap, or tell it what to do");
  auto options = std::make_shared<ctl_options>();
  ctl->require_subcommand(1);
  ctl->footer("Examples:\n"
              "  cleartap ctl actors\n"
              "  cleartap ctl topology --json\n"
              "  cleartap ctl losses\n"
              "  cleartap ctl connections\n"
              "  cleartap ctl libraries\n"
              "  cleartap ctl coverage\n"
              "  cleartap ctl log-level debug\n"
              "  cleartap ctl pause\n"
              "  cleartap ctl reload\n"
              "  cleartap ctl restart streams[0]");
  auto view = [&](const char* name, const char* help, const char* path, renderer render) {
    add_verb(*ctl, options, name, help)->callback([=, &status] { status = show(*options, path, render); });
  };
  auto command = [&](const char* name, const char* help, const char* path, const char* done) {
    add_verb(*ctl, options, name, help)->callback([=, &status] { status = tell(*options, path, done); });
  };
  view("actors", "Every actor: state, rate, mailbox, messages in and out, restarts", "/v1/actors", actors_table);
  view("topology", "Every edge of the pipeline: what passes now, its counters and its limits", "/v1/topology",
       topology_table);
  view("losses", "Every stage's ledger: what came in, went on, waits, and was dropped why", "/v1/losses", losses_table);
  view("libraries", "Every TLS library: who uses it, and whether it has probes", "/v1/libraries", libraries_table);
  view("coverage", "Every process that uses TLS: whether it is captured, and if not, why", "/v1/coverage",
       coverage_table);
  view("connections", "The link: who is connected, who was refused and why, what each epoch's ledger says",
       "/v1/connections", connections_table);
  add_log_level(*ctl, options, status);
  command("pause", "Copy no plaintext until resumed; what passes meanwhile is counted", "/v1/pause", "paused");
  command("resume", "Copy plaintext again", "/v1/resume", "resumed");
  command("rescan", "Look at all processes for TLS libraries now", "/v1/rescan", "scanning");
  add_verb(*ctl, options, "reload", "Read the settings anew; what changes, or why nothing does")
      ->callback([=, &status] { status = reload(*options); });
  add_restart(*ctl, options, status);
}

} // namespace cleartap
