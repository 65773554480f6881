#include "tools/cleartap/admin_client.hpp"

#include "actors/http/token.hpp"

#include <boost/json.hpp>
#include <httplib.h>

namespace cleartap {

namespace {

httplib::Client client_for(const settings& config) {
  auto client = httplib::Client{config.admin.listen.host, config.admin.listen.port};
  client.set_connection_timeout(2);
  client.set_read_timeout(10);
  return client;
}

httplib::Headers headers_with(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

std::string address(const settings& config) {
  return config.admin.listen.host + ":" + std::to_string(config.admin.listen.port);
}

failure not_running(const settings& config) {
  return {"no cleartap answers at " + address(config) +
          "; start one with `cleartap standalone`, or name its admin.listen with --set"};
}

/// The server's own words, as far as it has some.
std::string cause_of(const httplib::Response& refusal) {
  auto error = boost::system::error_code{};
  auto body = boost::json::parse(refusal.body, error);
  const auto* cause = error ? nullptr : body.find_pointer("/error", error);
  return cause && cause->is_string() ? std::string{cause->get_string()} : "status " + std::to_string(refusal.status);
}

result<std::string> content(const settings& config, const httplib::Result& answer) {
  if (!answer)
    return not_running(config);
  if (answer->status != 200)
    return failure{address(config) + " refused: " + cause_of(*answer)};
  return answer->body;
}

} // namespace

template <class Request>
result<std::string> admin_client::ask(Request request) const {
  if (!reachable())
    return not_running(config_);
  auto token = token_file::read(config_.admin.token_file);
  if (!token)
    return token.error();
  auto client = client_for(config_);
  return content(config_, request(client, headers_with(*token)));
}

bool admin_client::reachable() const { return bool{client_for(config_).Get("/v1/watched")}; }

result<std::string> admin_client::get(const std::string& path) const {
  return ask([&](auto& client, const auto& headers) { return client.Get(path.c_str(), headers); });
}

result<std::string> admin_client::post(const std::string& path) const {
  return ask([&](auto& client, const auto& headers) { return client.Post(path.c_str(), headers, "", "text/plain"); });
}

result<void> admin_client::stream(const std::string& path, const std::function<bool(std::string_view)>& line) const {
  auto token = token_file::read(config_.admin.token_file);
  if (!token)
    return token.error();
  auto pending = std::string{};
  auto stopped = false;
  auto receive = [&](const char* data, std::size_t size) {
    pending.append(data, size);
    auto end = std::size_t{0};
    while (!stopped && (end = pending.find('\n')) != std::string::npos) {
      stopped = !line(std::string_view{pending}.substr(0, end));
      pending.erase(0, end + 1);
    }
    return !stopped;
  };
  auto status = 0;
  auto answer = client_for(config_).Get(
      path.c_str(), headers_with(*token),
      [&](const httplib::Response& response) { return (status = response.status) == 200; }, receive);
  if (stopped || answer)
    return {};
  if (status != 0 && status != 200)
    return failure{address(config_) + " refused with status " + std::to_string(status)};
  return failure{"the connection to " + address(config_) + " ended"};
}

} // namespace cleartap
