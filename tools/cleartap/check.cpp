// `cleartap check`: what this kernel and these permissions allow, found by trying, and how to mend what is missing; and
// whether a file of settings is right.
#include "actors/probes/trials.hpp"
#include "tools/cleartap/command.hpp"
#include "tools/cleartap/table.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

namespace cleartap {

namespace {

std::string_view to_string(trial_outcome outcome) {
  switch (outcome) {
  case trial_outcome::granted:
    return "ok";
  case trial_outcome::refused:
    return "no";
  case trial_outcome::impossible:
    return "MISSING";
  }
  return "?";
}

void print_json(const std::vector<trial>& trials, bool usable) {
  auto list = boost::json::array{};
  for (const auto& each : trials)
    list.push_back(boost::json::object{{"what", each.what},
                                       {"outcome", boost::json::string{to_string(each.outcome)}},
                                       {"detail", each.detail},
                                       {"mend", each.mend}});
  std::cout << boost::json::serialize(boost::json::object{{"usable", usable}, {"trials", std::move(list)}}) << '\n';
}

void print_table(const std::vector<trial>& trials, bool usable) {
  auto rows = table{{"WHAT", "", "DETAIL"}};
  for (const auto& each : trials) {
    rows.add({each.what, std::string{to_string(each.outcome)}, each.detail});
    if (!each.mend.empty())
      rows.add({"", "", "-> " + each.mend});
  }
  std::cout << rows.text() << (usable ? "cleartap can capture here\n" : "cleartap cannot capture here\n");
}

/// What would be removed under these settings.
trial redaction_of(const settings& config) {
  const auto& wanted = config.redaction;
  const auto by_program =
      std::ranges::count_if(wanted.rules, [](const auto& rule) { return !rule.executable.empty(); });
  const auto counted = [](std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  return {.what = "redaction",
          .outcome = trial_outcome::granted,
          .detail = "mode " + wanted.mode + "; " + counted(wanted.headers.size(), "header") + ", " +
                    counted(wanted.keys.size(), "key") + " and " + counted(wanted.patterns.size(), "pattern") +
                    " of its own; " + counted(wanted.rules.size(), "rule") + ", " + std::to_string(by_program) +
                    " by executable"};
}

int run(const config_options& options, bool as_json) {
  const auto config = options.load();
  if (!config)
    return fail(config.error());
  auto trials = try_everything();
  trials.push_back(redaction_of(*config));
  auto usable =
      std::ranges::none_of(trials, [](const trial& each) { return each.outcome == trial_outcome::impossible; });
  (as_json ? print_json : print_table)(trials, usable);
  return usable ? 0 : 1;
}

} // namespace

void add_check(CLI::App& app, int& status) {
  auto* command =
      app.add_subcommand("check", "Try what this kernel and these permissions allow; say how to mend the rest");
  auto options = std::make_shared<config_options>();
  options->add_to(*command);
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "The result as JSON");
  command->footer("Exits with 0 if cleartap can capture here. Of the three ways to attach probes one is enough.\n"
                  "Examples:\n"
                  "  cleartap check\n"
                  "  cleartap check --config /etc/cleartap/cleartap.yaml\n"
                  "  cleartap check --json | jq .usable");
  command->callback([options, as_json, &status] { status = run(*options, *as_json); });
}

} // namespace cleartap
