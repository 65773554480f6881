#include "test/support/sniffer.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <span>
#include <stdexcept>

namespace cleartap::support {

namespace {

namespace json = boost::json;

std::string decoded_base64(std::string_view text) {
  constexpr auto alphabet = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  auto bytes = std::string{};
  auto bits = 0u;
  auto count = 0;
  for (auto digit : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(digit));
    count += 6;
    if (count < 8)
      continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  return bytes;
}

const json::value* at(const json::value& in, std::string_view pointer) {
  auto error = boost::system::error_code{};
  return in.find_pointer({pointer.data(), pointer.size()}, error);
}

std::string field(const json::value& exchange, const std::string& pointer, std::string_view name) {
  const auto* list = at(exchange, pointer);
  if (list)
    for (const auto& each : list->as_array())
      if (each.at(0).as_string() == json::string_view{name.data(), name.size()})
        return std::string{each.at(1).as_string()};
  return {};
}

/// The last few, a line each.
std::string summary(const exchange_list& exchanges) {
  constexpr auto count_max = std::size_t{20};
  auto lines = std::string{};
  auto first = exchanges.size() - std::min(exchanges.size(), count_max);
  for (const auto& each : std::span{exchanges}.subspan(first))
    lines += "\n  " + text(each, "/role") + " " + text(each, "/process/comm") + " " + text(each, "/request/method") +
             " " + text(each, "/request/host") + text(each, "/request/path") + " " + text(each, "/response/status") +
             " " + text(each, "/quality");
  return lines.empty() ? " nothing" : lines;
}

} // namespace

std::string cleartap_executable() {
  const auto* chosen = std::getenv("CLEARTAP");
  return chosen ? chosen : CLEARTAP_EXECUTABLE;
}

instance_settings::instance_settings(std::filesystem::path home)
    : home_{std::move(home)}, page_{free_port()}, metrics_{free_port()}, admin_{free_port()} {
  set("store.path", store());
  set("page.listen", loopback(page_));
  set("metrics.listen", loopback(metrics_));
  set("admin.listen", loopback(admin_));
  set("admin.token_file", token_file());
  set("coverage.enabled", "false"); // it sees the packets of the whole machine
}

void instance_settings::set(const std::string& key, const std::string& value) {
  options_.insert(options_.end(), {"--set", key + "=" + value});
}

command instance_settings::with(std::vector<std::string> words) const {
  words.insert(words.begin(), cleartap_executable());
  words.insert(words.end(), options_.begin(), options_.end());
  return {std::move(words)};
}

sniffer::sniffer(const instance_settings& settings, std::vector<std::string> words)
    : settings_{settings}, program_{[&] {
      words.insert(words.begin(), "standalone");
      return settings.with(std::move(words));
    }()} {
  auto ready = [this] { return program_.output().find("web page: ") != std::string::npos; };
  if (!wait_until([&] { return ready() || !program_.running(); }) || !ready())
    throw std::runtime_error{"cleartap does not start: " + program_.complaints()};
}

json::value sniffer::ctl(const std::string& verb) const {
  auto done = run(settings_.with({"ctl", verb, "--json"}));
  if (done.status != 0)
    throw std::runtime_error{"cleartap ctl " + verb + ": " + done.complaints};
  return json::parse(done.output);
}

json::value sniffer::rest(const std::string& path) const {
  auto answer = fetch("http://" + loopback(settings_.page()) + path);
  return answer.status == 200 ? json::parse(answer.body) : json::value{};
}

std::string sniffer::metrics() const { return fetch("http://" + loopback(settings_.metrics()) + "/metrics").body; }

int sniffer::stop() {
  program_.signal(SIGINT);
  return program_.wait(15s).value_or(-1);
}

watcher::watcher(const instance_settings& settings, std::vector<std::string> options)
    : program_{[&] {
      options.insert(options.begin(), {"watch", "--json"});
      return settings.with(std::move(options));
    }()} {}

void watcher::read() {
  auto fresh = program_.output(read_size_);
  auto begin = std::size_t{0};
  for (auto end = fresh.find('\n'); end != std::string::npos; end = fresh.find('\n', begin)) {
    exchanges_.push_back(json::parse(std::string_view{fresh}.substr(begin, end - begin)));
    begin = end + 1;
  }
  read_size_ += begin;
}

exchange_list watcher::seen(const exchange_filter& filter) {
  read();
  auto fitting = exchange_list{};
  for (const auto& each : exchanges_)
    if (filter(each))
      fitting.push_back(each);
  return fitting;
}

exchange_list watcher::expect(std::size_t count, const exchange_filter& filter) {
  static_cast<void>(wait_until([&] { return seen(filter).size() >= count; }));
  auto fitting = seen(filter);
  if (fitting.size() < count)
    throw std::runtime_error{"cleartap watch showed " + std::to_string(fitting.size()) + " of " +
                             std::to_string(count) + " exchanges, and in all" + summary(exchanges_) +
                             program_.complaints()};
  return fitting;
}

void watcher::warm_up(const exchange_filter& filter, const std::function<void()>& traffic) {
  auto shown = [&] {
    traffic();
    return !seen(filter).empty();
  };
  if (!wait_until(shown, 20s))
    throw std::runtime_error{"cleartap watch does not show the traffic that it was started for, but" +
                             summary(exchanges_) + program_.complaints()};
}

void watcher::warm_up(const std::string& host, const std::string& path, const std::function<void()>& traffic) {
  for (const auto* role : {"server", "client"})
    warm_up(called(role, host, path), traffic);
}

std::string text(const json::value& in, std::string_view pointer) {
  const auto* found = at(in, pointer);
  if (!found)
    return "null";
  return found->is_string() ? std::string{found->get_string()} : json::serialize(*found);
}

std::int64_t number(const json::value& in, std::string_view pointer) {
  const auto* found = at(in, pointer);
  return found && found->is_number() ? found->to_number<std::int64_t>() : -1;
}

std::string body(const json::value& exchange, const std::string& message) {
  const auto* encoded = at(exchange, message + "/body_base64");
  return encoded ? decoded_base64(encoded->as_string()) : text(exchange, message + "/body");
}

std::string header(const json::value& exchange, const std::string& message, std::string_view name) {
  return field(exchange, message + "/headers", name);
}

std::string trailer(const json::value& exchange, const std::string& message, std::string_view name) {
  return field(exchange, message + "/trailers", name);
}

exchange_filter called(std::string role, std::string host, std::string path) {
  return [=](const json::value& each) {
    return text(each, "/role") == role && text(each, "/request/host") == host && text(each, "/request/path") == path;
  };
}

} // namespace cleartap::support
