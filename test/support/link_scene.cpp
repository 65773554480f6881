#include "test/support/link_scene.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace cleartap::support {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr auto reconstructor_name = "recon.test";
constexpr auto link_port = "9443";

constexpr auto client = R"(
import http.client, signal, ssl, sys, time
port, host, ca, rate = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
going = True
def stop(*_):
    global going
    going = False
signal.signal(signal.SIGTERM, stop)
connection = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(cafile=ca))
count, slowest, begin = 0, 0.0, time.monotonic()
while going:
    before = time.monotonic()
    connection.request("GET", f"/users/{count}", headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    if answer.status == 200:
        count += 1
    slowest = max(slowest, time.monotonic() - before)
    if count % 500 == 0:
        connection.close()
    print(count, int(slowest * 1000), flush=True)
    time.sleep(max(0, begin + count / rate - time.monotonic()))
)";

const json::value& in_list(const json::value& list, const auto& fits) {
  static const auto none = json::value{};
  if (list.is_array())
    for (const auto& each : list.get_array())
      if (fits(each))
        return each;
  return none;
}

/// A member, or null.
json::value member(const json::value& of, const char* key) {
  const auto* found = of.is_object() ? of.get_object().if_contains(key) : nullptr;
  return found ? *found : json::value{};
}

} // namespace

void link_certificates::make(const std::vector<std::string>& names, bool renew) const {
  auto words = std::vector<std::string>{cleartap_executable(), "certs", directory_, "--name"};
  words.insert(words.end(), names.begin(), names.end());
  if (renew)
    words.emplace_back("--renew");
  if (auto done = run({words}); done.status != 0)
    throw std::runtime_error{"cleartap certs: " + done.complaints};
}

station::station(std::string role, const machine& where, const fs::path& home)
    : role_{std::move(role)}, where_{&where}, settings_{home} {
  fs::create_directories(home);
}

void station::use(const link_certificates& pki, const std::string& name) {
  settings_.set("link.cert", pki.chain(name));
  settings_.set("link.key", pki.key(name));
  settings_.set("link.ca", pki.ca());
}

void station::start() {
  program_.reset();
  {
    auto there = where_->enter();
    program_.emplace(settings_.with({role_}));
  }
  auto ready = [this] { return program_->output().find("Press Ctrl+C to stop.") != std::string::npos; };
  if (!wait_until([&] { return ready() || !program_->running(); }, 20s) || !ready())
    throw std::runtime_error{"cleartap " + role_ + " does not start: " + program_->complaints()};
}

void station::kill() {
  signal(SIGKILL);
  if (program_->wait() != 128 + SIGKILL)
    throw std::runtime_error{"cleartap " + role_ + " had ended before it was killed: " + program_->complaints()};
}

int station::stop() {
  program_->signal(SIGINT);
  return program_->wait(20s).value_or(-1);
}

json::value station::ctl(const std::string& verb) const {
  auto there = where_->enter();
  auto done = run(settings_.with({"ctl", verb, "--json"}));
  return done.status == 0 ? json::parse(done.output) : json::value{};
}

json::value station::rest(const std::string& path) const {
  auto there = where_->enter();
  auto answer = fetch("http://" + loopback(settings_.page()) + path);
  return answer.status == 200 ? json::parse(answer.body) : json::value{};
}

traffic::traffic(const web_server& web, std::string host, int per_second)
    : host_{std::move(host)}
    , program_{{{python(), "-c", client, std::to_string(web.port()), host_, test_certificate().chain,
                 std::to_string(per_second)}}} {
  if (!wait_until([this] { return answered() > 0; }))
    throw std::runtime_error{"the client gets no answer: " + program_.complaints()};
}

std::pair<std::int64_t, std::chrono::milliseconds> traffic::last() const {
  auto output = program_.output();
  auto end = output.rfind('\n');
  if (end == std::string::npos)
    return {0, 0ms};
  auto begin = output.rfind('\n', end - 1);
  auto line = std::istringstream{output.substr(begin == std::string::npos ? 0 : begin + 1, end)};
  auto count = std::int64_t{0};
  auto slowest = std::int64_t{0};
  line >> count >> slowest;
  return {count, std::chrono::milliseconds{slowest}};
}

std::int64_t traffic::stop() {
  program_.signal(SIGTERM);
  if (program_.wait() != 0)
    throw std::runtime_error{"the client failed: " + program_.complaints()};
  return answered();
}

link_scene::link_scene(std::size_t sniffer_count)
    : network{sniffer_count + 2}, pki{home.path() / "pki"}, recon{"reconstructor", network[0], home.path() / "recon"} {
  auto names = std::vector<std::string>{reconstructor_name};
  for (std::size_t i = 1; i <= sniffer_count; ++i)
    names.push_back("s" + std::to_string(i) + ".sniffer.test");
  pki.make(names);
  recon.use(pki, reconstructor_name);
  recon.settings().set("link.listen", std::string{"0.0.0.0:"} + link_port);
  for (std::size_t i = 1; i <= sniffer_count; ++i) {
    auto& fresh = sniffers.emplace_back("sniffer", network[i], home.path() / names[i]);
    fresh.use(pki, names[i]);
    fresh.settings().set("link.connect", address());
    fresh.settings().set("link.peer_name", reconstructor_name);
    fresh.settings().set("link.retry_max", "1");
    fresh.settings().set("capture.perfBufferPages", "1024"); // counts are exact only if the kernel loses nothing
  }
}

void link_scene::start() {
  recon.start();
  for (auto& each : sniffers) {
    each.start();
    if (!wait_until([&] { return connected(each); }))
      throw std::runtime_error{"a sniffer gets no session: " + each.log() + recon.log()};
  }
}

bool link_scene::connected(const station& each) const {
  return text(each.ctl("connections"), "/reconstructor/connected") == "true";
}

json::value link_scene::expect_session(const std::string& name) const {
  auto session = json::value{};
  auto begun = [&] { return (session = session_of(recon, name)).is_object(); };
  if (!wait_until(begun, 20s))
    throw std::runtime_error{"no session of " + name + ": " + recon.log()};
  return session;
}

std::string link_scene::address() const { return network[0].address() + ":" + link_port; }

command link_scene::scenario(std::vector<std::string> words) const {
  words.insert(words.begin(), {python(), CLEARTAP_LINK_SCENARIOS});
  return {std::move(words), {{"PYTHONDONTWRITEBYTECODE", "1"}}};
}

std::vector<json::value> link_scene::play(const std::string& name, std::vector<std::string> words) const {
  words.insert(words.begin(), {name, address(), pki.ca()});
  auto there = stranger().enter();
  auto program = child{scenario(std::move(words))};
  if (program.wait(60s) != 0)
    throw std::runtime_error{name + ": " + program.output() + program.complaints()};
  auto findings = std::vector<json::value>{};
  auto lines = std::istringstream{program.output()};
  for (auto line = std::string{}; std::getline(lines, line);)
    findings.push_back(json::parse(line));
  return findings;
}

counted count_of(const station& recon, const std::string& authority) {
  auto list = member(recon.rest("/api/v1/apis"), "apis");
  const auto& api = in_list(list, [&](const json::value& each) { return text(each, "/authority") == authority; });
  return {number(api, "/served"), number(api, "/called")};
}

std::string difference(const link_scene& in, const std::string& authority, std::int64_t expected) {
  auto now = [&] { return count_of(in.recon, authority); };
  if (wait_until([&] { return now() == counted{expected, expected}; }, 30s))
    return "";
  auto lines = std::to_string(now().served) + " served, " + std::to_string(now().called) + " called";
  auto add = [&](const station& each) {
    auto stages = member(each.ctl("losses"), "stages");
    if (stages.is_array())
      for (const auto& stage : stages.get_array())
        if (text(stage, "/dropped") != "{}" || number(stage, "/queued") > 0)
          lines += "\n" + json::serialize(stage);
  };
  add(in.recon);
  for (const auto& each : in.sniffers)
    add(each);
  return lines;
}

json::value session_of(const station& recon, const std::string& name) {
  auto list = member(recon.ctl("connections"), "sessions");
  return in_list(list, [&](const json::value& each) { return text(each, "/name") == name; });
}

json::value epoch_of(const station& recon, const std::string& epoch) {
  auto list = member(recon.ctl("connections"), "epochs");
  return in_list(list, [&](const json::value& each) { return text(each, "/epoch") == epoch; });
}

std::string epoch_of(const station& sniffer) { return text(sniffer.ctl("connections"), "/epoch"); }

std::map<std::string, std::int64_t> refusals(const station& recon) {
  auto counts = std::map<std::string, std::int64_t>{};
  auto refused = member(recon.ctl("connections"), "refused");
  if (refused.is_object())
    for (const auto& [reason, count] : refused.get_object())
      counts[std::string{reason}] = count.to_number<std::int64_t>();
  return counts;
}

std::int64_t sum(const std::map<std::string, std::int64_t>& counts) {
  auto all = std::int64_t{0};
  for (const auto& [reason, count] : counts)
    all += count;
  return all;
}

json::value stage_of(const station& each, const std::string& name) {
  auto list = member(each.ctl("losses"), "stages");
  return in_list(list, [&](const json::value& stage) { return text(stage, "/name") == name; });
}

burden burden_of(pid_t pid) {
  auto files = std::distance(fs::directory_iterator{"/proc/" + std::to_string(pid) + "/fd"}, fs::directory_iterator{});
  auto statm = std::istringstream{content_of("/proc/" + std::to_string(pid) + "/statm")};
  auto pages = std::size_t{0};
  statm >> pages >> pages;
  return {static_cast<std::size_t>(files), pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) >> 20};
}

} // namespace cleartap::support
