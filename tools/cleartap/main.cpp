// The cleartap executable: one file per subcommand.
#include "tools/cleartap/command.hpp"

#include <iostream>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace {

/// A dump of this process would hold captured plaintext.
void forbid_core_dumps() {
  auto none = rlimit{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

/// Standard output belongs to what was asked for.
void log_to_standard_error() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("cleartap"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
}

/// One line, as for every other mistake of a user: the cause, then the mend.
std::string usage_failure(const CLI::App* app, const CLI::Error& error) {
  auto unknown = app->remaining();
  auto cause = unknown.empty() ? std::string{error.what()} : "there is no subcommand or option " + unknown.front();
  return "cleartap: " + cause + "; see `cleartap --help`, or --help behind a subcommand\n";
}

} // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  log_to_standard_error();
  auto app = CLI::App{"Finds the APIs that this machine serves and calls over TLS, without touching the applications."};
  app.set_version_flag("--version", "cleartap " CLEARTAP_VERSION);
  app.require_subcommand(1);
  app.failure_message(usage_failure);
  app.footer("Examples:\n"
             "  cleartap check          what this kernel and these permissions allow\n"
             "  cleartap standalone     capture, infer and show the web page\n"
             "  cleartap watch          print live exchanges\n"
             "  cleartap redact         mask the secrets of a file, to try the policy\n"
             "  cleartap certs          make certificates for a link between two machines\n"
             "Each subcommand has a --help of its own.");
  auto status = 0;
  cleartap::add_standalone(app, status);
  cleartap::add_sniffer(app, status);
  cleartap::add_reconstructor(app, status);
  cleartap::add_watch(app, status);
  cleartap::add_check(app, status);
  cleartap::add_ctl(app, status);
  cleartap::add_certs(app, status);
  cleartap::add_redact(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
  }
  return status;
}
