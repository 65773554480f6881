// `cleartap redact`: standard input through the redaction policy to standard output, so that a policy can be tried.
#include "tools/cleartap/command.hpp"
#include "tools/cleartap/redact_batch.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

namespace cleartap {

namespace {

struct redact_options {
  config_options config;
  std::string content_type;
  std::string host;
  std::string executable;
  bool reports = false;
  bool is_batch = false;
};

boost::json::value number_or_null(const std::optional<std::size_t>& number) {
  return number ? boost::json::value(*number) : boost::json::value(nullptr);
}

/// To standard error; `id` is of the line of a batch, as JSON, or empty.
void tell(const redacted_text& text, bool reports, std::string_view id) {
  for (const auto& each : text.removals)
    std::cerr << "cleartap: " << (id.empty() ? "" : "id " + std::string{id} + ": ") << each << '\n';
  if (!reports)
    return;
  for (const auto& each : text.report) {
    auto line = boost::json::object{{"start", number_or_null(each.start)},
                                    {"end", number_or_null(each.end)},
                                    {"class", boost::json::string{each.kind}},
                                    {"place", each.place},
                                    {"shown", each.shown}};
    if (!id.empty())
      line["id"] = boost::json::parse(id);
    std::cerr << line << '\n';
  }
  const auto shown = static_cast<std::size_t>(std::ranges::count(text.report, true, &report_line::shown));
  if (std::max(shown, text.report.size() - shown) >= notes_max)
    std::cerr << "cleartap: the report ends after " << notes_max << " masks, or as many places that are shown "
              << "(notes_max); split the input\n";
}

result<std::string> read_input() {
  auto input = std::string{};
  auto part = std::string(1 << 16, '\0');
  while (std::cin.read(part.data(), static_cast<std::streamsize>(part.size())) || std::cin.gcount() > 0) {
    input.append(part, 0, static_cast<std::size_t>(std::cin.gcount()));
    if (input.size() > redactor::input_max)
      return failure{"standard input is longer than " + std::to_string(redactor::input_max >> 20) +
                     " MiB (input_max); split it, or use --batch for many texts"};
  }
  return input;
}

int finish_output() {
  std::cout.flush();
  return std::cout ? 0 : fail({"cannot write to standard output; is the disk full or the reader gone?"});
}

int run_one(redactor& redact, const redact_options& options) {
  auto input = read_input();
  if (!input)
    return fail(input.error());
  const auto done = redact(options.content_type, *std::move(input));
  if (!done)
    return fail(done.error());
  std::cout << done->bytes;
  tell(*done, options.reports, "");
  return finish_output();
}

int run_batch(redactor& redact, const redact_options& options) {
  if (!options.content_type.empty())
    return fail({"--content-type is of one text; with --batch each line has its own content_type"});
  const auto outcome = redact_batch(redact, std::cin, std::cout, [&](std::string_view id, const redacted_text& text) {
    tell(text, options.reports, id);
  });
  if (const auto status = finish_output(); status != 0 || outcome.refused == 0)
    return status;
  return fail({std::to_string(outcome.refused) + " of " + std::to_string(outcome.lines) +
               " lines were refused; `error` in their lines of the output says why"});
}

int run(const redact_options& options) {
  std::signal(SIGPIPE, SIG_IGN); // a closed pipe is told by the write
  std::ios::sync_with_stdio(false);
  const auto config = options.config.load();
  if (!config)
    return fail(config.error());
  auto redact = redactor{*config, options.host, options.executable};
  return options.is_batch ? run_batch(redact, options) : run_one(redact, options);
}

} // namespace

void add_redact(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("redact", "Mask the secrets of standard input as those of captured traffic");
  auto options = std::make_shared<redact_options>();
  options->config.add_to(*command);
  command
      ->add_option("--content-type", options->content_type,
                   "What the input is; message/http is a request or response with its head; default: guessed")
      ->type_name("TYPE");
  command
      ->add_option(
          "--host", options->host,
          "Redact as what is sent to this host, for rules with `host`; default: the Host of message/http, else "
          "unknown")
      ->type_name("HOST");
  command
      ->add_option(
          "--executable", options->executable,
          "Redact as what is seen at this program, its whole path, for rules with `executable`; default: unknown")
      ->type_name("PATH");
  command->add_flag(
      "--report", options->reports,
      "Tell each mask on standard error, and each e-mail address and phone number that stays: {start, end, "
      "class, place, shown}, a JSON object a line; start and end are bytes of the input, null where it had "
      "to be decoded; shown is true for what stays");
  command->add_flag("--batch", options->is_batch,
                    "Read {id, content_type, body_base64}, a JSON object a line, and write {id, body_base64} or {id, "
                    "error} for each, in order");
  command->footer(
      "The input may have 32 MiB, and so may a line of a batch. Exits with 0 if all of it was read and "
      "redacted; what a\n"
      "limit removed is told on standard error.\n"
      "Where host or executable is unknown, rules that remove more apply, those that keep something do not.\n"
      "Examples:\n"
      "  echo '{\"password\":\"hunter2\"}' | cleartap redact\n"
      "  cleartap redact --content-type message/http --report <request.txt >shown.txt\n"
      "  cleartap redact --set 'redaction.keys=[pin, iban]' <body.json\n"
      "  cleartap redact --set redaction.mode=metadata-only <body.json\n"
      "  cleartap redact --config policy.yaml --host api.pay.example --executable /usr/bin/report "
      "<body.json\n"
      "  cleartap redact --batch <bodies.ndjson >redacted.ndjson");
  command->callback([options, &status] { status = run(*options); });
}

} // namespace cleartap
