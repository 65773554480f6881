#include "test/bench/reconstructor_process.hpp"

#include "actors/link/certificates.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace cleartap::bench {

namespace {

sockaddr_in loopback_address(std::uint16_t port) {
  auto where = sockaddr_in{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

std::uint16_t free_port() {
  auto socket = support::descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto where = loopback_address(0);
  auto size = socklen_t{sizeof where};
  auto* address = reinterpret_cast<sockaddr*>(&where);
  if (bind(socket.get(), address, size) != 0 || getsockname(socket.get(), address, &size) != 0)
    throw std::runtime_error{"no free port"};
  return ntohs(where.sin_port);
}

std::string loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

template <class T>
T value_of(result<T> made) {
  if (!made)
    throw std::runtime_error{made.error().text};
  return *std::move(made);
}

} // namespace

double cpu_seconds(pid_t process) {
  auto text = std::string{};
  std::getline(std::ifstream{"/proc/" + std::to_string(process) + "/stat"}, text);
  auto behind_name = text.rfind(')'); // the 2nd field, which may hold blanks
  if (behind_name == std::string::npos)
    throw std::runtime_error{"the process has ended"};
  auto rest = std::istringstream{text.substr(behind_name + 1)};
  auto skipped = std::string{};
  for (auto field = 3; field < 14; ++field)
    rest >> skipped;
  auto user = 0.0, system = 0.0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::size_t resident_kib(pid_t process) {
  auto status = std::ifstream{"/proc/" + std::to_string(process) + "/status"};
  for (auto word = std::string{}; status >> word;)
    if (word == "VmRSS:") {
      auto size = std::size_t{0};
      status >> size;
      return size;
    }
  return 0;
}

reconstructor_process::reconstructor_process(std::string executable)
    : executable_{std::move(executable)}, port_{free_port()} {
  auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto valid = validity{now, std::chrono::days{1}};
  auto ca = value_of(make_ca("bench", valid));
  home_.write("ca.crt", ca.certificate);
  for (const auto* name : {reconstructor_name, sniffer_wildcard}) {
    auto made = value_of(make_certificate(ca, name, valid));
    home_.write(files_of(name).certificate.filename(), made.certificate);
    home_.write(files_of(name).key.filename(), made.key);
  }
}

tls_files reconstructor_process::files_of(const std::string& name) const {
  return {home_.path() / (name + ".crt"), home_.path() / (name + ".key"), home_.path() / "ca.crt"};
}

void reconstructor_process::start() {
  auto files = files_of(reconstructor_name);
  auto words = std::vector<std::string>{executable_, "reconstructor"};
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"link.listen", loopback(port_)},
                                                        {"link.cert", files.certificate},
                                                        {"link.key", files.key},
                                                        {"link.ca", files.ca},
                                                        {"link.peer_name", "'" + std::string{sniffer_wildcard} + "'"},
                                                        {"store.path", home_.path() / "store"},
                                                        {"page.enabled", "false"},
                                                        {"metrics.listen", loopback(free_port())},
                                                        {"admin.listen", loopback(free_port())},
                                                        {"admin.token_file", home_.path() / "token"}}) {
    words.push_back("--set");
    words.push_back(key + "=" + value);
  }
  process_.emplace(support::command{words});
}

void reconstructor_process::wait_until_listening() const {
  auto where = loopback_address(port_);
  auto listening = support::wait_until([&] {
    auto socket = support::descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    return connect(socket.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  });
  if (!listening)
    throw std::runtime_error{"the reconstructor does not listen: " + complaints()};
}

void reconstructor_process::kill() {
  process_->signal(SIGKILL);
  static_cast<void>(process_->wait());
}

} // namespace cleartap::bench
