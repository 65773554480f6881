// `cleartap ctl`: asks a running cleartap about itself, or tells it to do something.
#include "tools/cleartap/admin_client.hpp"
#include "tools/cleartap/command.hpp"
#include "tools/cleartap/table.hpp"

#include <boost/json.hpp>
#include <iostream>

namespace cleartap {

namespace {

namespace json = boost::json;

struct ctl_options {
  config_options config;
  bool as_json = false;
};

using renderer = std::string (*)(const json::object&);

std::string cell(const json::value& value) {
  return value.is_string() ? std::string{value.get_string()} : json::serialize(value);
}

/// "ring_full 12, paused 3", or "-".
std::string drops(const json::object& dropped) {
  auto line = std::string{};
  for (const auto& [reason, units] : dropped)
    line += (line.empty() ? "" : ", ") + std::string{reason} + " " + cell(units);
  return line.empty() ? "-" : line;
}

std::string actors_table(const json::object& answer) {
  auto rows = table{{"ACTOR", "STATE", "MAILBOX", "IN", "OUT", "RESTARTS"}};
  for (const auto& each : answer.at("actors").as_array()) {
    const auto& actor = each.as_object();
    rows.add({cell(actor.at("name")) + "[" + cell(actor.at("index")) + "]", cell(actor.at("phase")),
              cell(actor.at("mailbox")), cell(actor.at("messages_in")), cell(actor.at("messages_out")),
              cell(actor.at("restarts"))});
  }
  return rows.text();
}

std::string topology_table(const json::object& answer) {
  auto rows = table{
      {"EDGE", "LANES", "BATCH", "CREDIT", "QUEUE", "UNIT", "OFFERED", "DELIVERED", "WAITING", "UNDER WAY", "DROPPED"}};
  for (const auto& each : answer.at("edges").as_array()) {
    const auto& edge = each.as_object();
    rows.add({cell(edge.at("from")) + " -> " + cell(edge.at("to")), cell(edge.at("lanes")), cell(edge.at("batch_max")),
              cell(edge.at("credit_max")), cell(edge.at("queue_max")), cell(edge.at("unit")), cell(edge.at("offered")),
              cell(edge.at("delivered")), cell(edge.at("waiting")), cell(edge.at("under_way")),
              drops(edge.at("dropped").as_object())});
  }
  return rows.text();
}

std::string losses_table(const json::object& answer) {
  auto rows = table{{"STAGE", "UNIT", "IN", "OUT", "QUEUED", "BALANCE", "DROPPED"}};
  for (const auto& each : answer.at("stages").as_array()) {
    const auto& stage = each.as_object();
    rows.add({cell(stage.at("name")) + "[" + cell(stage.at("index")) + "]", cell(stage.at("unit")),
              cell(stage.at("in")), cell(stage.at("out")), cell(stage.at("queued")), cell(stage.at("balance")),
              drops(stage.at("dropped").as_object())});
  }
  return rows.text();
}

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

CLI::App* add_verb(CLI::App& ctl, const std::shared_ptr<ctl_options>& options, const char* name, const char* help) {
  auto* verb = ctl.add_subcommand(name, help);
  options->config.add_to(*verb);
  verb->add_flag("--json", options->as_json, "The answer as JSON");
  return verb;
}

} // namespace

void add_ctl(CLI::App& app, int& status) {
  auto* ctl = app.add_subcommand("ctl", "Look into a running cleartap, or tell it to pause, resume or rescan");
  auto options = std::make_shared<ctl_options>();
  ctl->require_subcommand(1);
  ctl->footer("Examples:\n"
              "  cleartap ctl actors\n"
              "  cleartap ctl topology --json\n"
              "  cleartap ctl losses\n"
              "  cleartap ctl pause");
  auto view = [&](const char* name, const char* help, const char* path, renderer render) {
    add_verb(*ctl, options, name, help)->callback([=, &status] { status = show(*options, path, render); });
  };
  auto command = [&](const char* name, const char* help, const char* path, const char* done) {
    add_verb(*ctl, options, name, help)->callback([=, &status] { status = tell(*options, path, done); });
  };
  view("actors", "Every actor: state, mailbox, messages in and out, restarts", "/v1/actors", actors_table);
  view("topology", "Every edge of the pipeline with its limits and counters", "/v1/topology", topology_table);
  view("losses", "Every stage's ledger: what came in, went on, waits, and was dropped why", "/v1/losses", losses_table);
  command("pause", "Copy no plaintext until resumed; what passes meanwhile is counted", "/v1/pause", "paused");
  command("resume", "Copy plaintext again", "/v1/resume", "resumed");
  command("rescan", "Look at all processes for TLS libraries now", "/v1/rescan", "scanning");
}

} // namespace cleartap
