#include "test/support/programs.hpp"

#include "test/support/machines.hpp"
#include "test/support/text.hpp"

#include <optional>
#include <sstream>
#include <stdexcept>

namespace cleartap::support {

namespace {

constexpr auto same_answer_bytes = std::size_t{100 * 1024};

/// What goes before a command.
std::vector<std::string> enter(const program_place& where, const std::filesystem::path& folder) {
  if (where.root.empty())
    return {};
  return {CLEARTAP_PROGRAMS "/in_root.sh", where.root, CLEARTAP_PROGRAMS, folder, "--"};
}

command command_of(const program& what, const program_place& where, const program_files& files,
                   const std::vector<std::string>& arguments) {
  auto words = enter(where, files.path());
  auto in = std::istringstream{std::string{what.command}};
  for (auto word = std::string{}; in >> word;)
    words.push_back(word.starts_with('@') ? CLEARTAP_PROGRAMS "/" + word.substr(1) : word);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return {std::move(words)};
}

/// In the network of that place.
template <class Action>
auto there(const program_place& where, Action act) {
  auto in = std::optional<visit>{};
  if (where.network >= 0)
    in.emplace(where.network);
  return act();
}

command server_command(const program& what, const program_place& where, const program_files& files,
                       std::uint16_t port) {
  return command_of(what, where, files, {std::to_string(port), files.chain(), files.key(), files.path()});
}

command client_command(const program& what, const program_place& where, const program_files& files, std::uint16_t port,
                       order how, const call_plan& plan) {
  auto arguments = plan.arguments();
  arguments.insert(arguments.begin(),
                   {std::to_string(port), files.chain(), how == order::together ? "together" : "in-turn"});
  return command_of(what, where, files, arguments);
}

/// curl names what it asked by the whole URL.
std::string path_of(const std::string& asked) {
  auto scheme = asked.find("://");
  return scheme == std::string::npos ? asked : asked.substr(asked.find('/', scheme + 3));
}

} // namespace

bool installed(const program& what, const program_place& where) {
  auto folder = temporary_directory{};
  auto words = enter(where, folder.path());
  words.insert(words.end(), {"/bin/sh", "-c", std::string{what.needs}});
  return run({std::move(words)}).status == 0;
}

program_place root_filesystem(const std::string& release) {
  auto root = std::string{CLEARTAP_ROOTS "/"} + release;
  auto making = child{{{CLEARTAP_PROGRAMS "/make_root.sh", release, root}}};
  if (making.wait(10min) != 0)
    throw std::runtime_error{"no root file system of " + release + ": " + making.complaints()};
  return {root};
}

program_files::program_files() {
  directory_.write("chain.pem", content_of(test_certificate().chain));
  directory_.write("key.pem", content_of(test_certificate().key));
}

serving_program::serving_program(const program& what, const program_place& where, const program_files& files)
    : process_{there(where, [&] { return child{server_command(what, where, files, port_)}; })}
    , own_pids_{!where.root.empty()} {
  auto started = [&] { return there(where, [&] { return listening(port_); }) || !process_.running(); };
  if (!wait_until(started) || !process_.running())
    throw std::runtime_error{std::string{what.name} + " does not serve: " + process_.complaints()};
}

void serving_program::add_to(call_reports& reports) const {
  auto lines = std::istringstream{process_.output()};
  auto pid = pid_t{};
  auto port = std::uint16_t{};
  for (auto path = std::string{}; lines >> pid >> port >> path;) {
    auto& report = reports[path];
    report.server_pid = own_pids_ ? 0 : pid;
    report.peer_port = port;
  }
}

calling_program::calling_program(const program& what, const program_place& where, const program_files& files,
                                 std::uint16_t port, order how, const call_plan& plan)
    : process_{there(where, [&] { return child{client_command(what, where, files, port, how, plan)}; })} {}

std::size_t calling_program::answered() const {
  auto reports = call_reports{};
  add_to(reports);
  return reports.size();
}

void calling_program::add_to(call_reports& reports) const {
  auto lines = std::istringstream{process_.output()};
  auto port = std::uint16_t{};
  auto path = std::string{};
  auto status = 0;
  for (auto size = std::size_t{}; lines >> port >> path >> status >> size;)
    reports[path_of(path)].own_port = port;
}

std::string same_answer_of(const program& server, const program_files& files) {
  if (!server.same_answer)
    return {};
  auto answer = all_bytes(same_answer_bytes);
  std::ofstream{files.path() / "same", std::ios::binary} << answer;
  return answer;
}

} // namespace cleartap::support
