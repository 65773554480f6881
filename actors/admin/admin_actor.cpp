#include "actors/admin/admin_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/http/ask_actor.hpp"
#include "actors/http/loopback.hpp"
#include "actors/http/token.hpp"
#include "actors/status/coverage_json.hpp"
#include "actors/status/libraries_json.hpp"
#include "actors/status/status_json.hpp"

#include <boost/json.hpp>
#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto heartbeat = 250ms; // how often a stream without exchanges looks whether it should end

using self_pointer = admin_actor::stateful_pointer<admin_state>;

http_answer refusal(int status, std::string_view cause) {
  return {.status = status, .body = boost::json::serialize(boost::json::object{{"error", cause}})};
}

http_handler guarded(const admin_views* views, http_handler handler) {
  return [views, handler = std::move(handler)](const http_query& query) {
    if (!names_loopback(query.host)) // a web page elsewhere that made its own name resolve to this machine
      return refusal(421, "the admin port answers under loopback names alone");
    if (!authorized(query.authorization, views->token))
      return refusal(401, "the token of admin.token_file is needed");
    return handler(query);
  };
}

http_answer watch(const admin_views* views) {
  auto queue = views->hub ? views->hub->subscribe() : nullptr;
  if (!queue)
    return refusal(503, views->hub ? "too many watchers" : "nothing is captured here");
  auto next = [queue](std::string& part) {
    // The first and every idle part is an empty line, so that a broken connection is noticed.
    if (auto line = queue->pop(heartbeat))
      part = *line;
    part += '\n';
    return !queue->closed();
  };
  return {.content_type = "application/x-ndjson", .stream = std::move(next)};
}

/// Whom the server's threads ask.
struct admin_port {
  const http_server* server = nullptr;
  caf::actor_system* system = nullptr;
  caf::actor_addr address;
};

/// Asks the admin actor from a thread of the server. `render` makes the answer's body.
template <class Answer, class Render, class... Question>
http_answer ask(const admin_port& port, Render render, const Question&... question) {
  auto answer = ask_actor<Answer>(*port.server, *port.system, caf::actor_cast<admin_actor>(port.address), question...);
  return answer ? http_answer{.body = render(*answer)} : refusal(503, flow::text_of(*port.system, answer.error()));
}

template <class... Command>
http_answer command(const admin_port& port, const Command&... what) {
  auto render = [](bool state) { return std::string{state ? R"({"result":true})" : R"({"result":false})"}; };
  return ask<bool>(port, render, what...);
}

/// Written whatever the log level is.
void audit(const std::string& what) {
  auto log = spdlog::default_logger()->clone("");
  log->set_level(spdlog::level::info);
  log->info("audit: {}", what);
}

http_answer log_level() {
  auto name = spdlog::level::to_string_view(spdlog::get_level());
  return {.body = R"({"level":")" + std::string{name.data(), name.size()} + R"("})"};
}

/// The route lets only the four names of `logLevel` through.
http_answer set_log_level(const std::string& name) {
  auto before = spdlog::level::to_string_view(spdlog::get_level());
  spdlog::set_level(spdlog::level::from_str(name));
  audit("log level " + std::string{before.data(), before.size()} + " -> " + name + " by the admin port");
  return log_level();
}

void add_log_level(http_server& server, const admin_views* views) {
  server.get("/v1/log-level", guarded(views, [](const http_query&) { return log_level(); }));
  server.post("/v1/log-level/(debug|info|warning|error)",
              guarded(views, [](const http_query& query) { return set_log_level(query.argument); }));
}

http_answer reload(const admin_views* views) {
  if (!views->reload)
    return refusal(503, "this process has no settings to read anew");
  return {.body = reload_json(views->reload())};
}

void add_views(http_server& server, const admin_views* views) {
  auto show = [&](const char* path, auto render) {
    server.get(path, guarded(views, [render](const http_query&) { return http_answer{.body = render()}; }));
  };
  show("/v1/actors", [views] { return actors_json(*views->directory); });
  show("/v1/topology", [views] { return topology_json(*views->directory); });
  show("/v1/losses", [views] { return losses_json(*views->directory); });
  show("/v1/connections", [views] { return connections_json(views->link, std::chrono::steady_clock::now()); });
  show("/v1/watched", [views] { return watched_json(views->watched); });
  server.get("/v1/watch", guarded(views, [views](const http_query&) { return watch(views); }));
}

void add_commands(self_pointer self, const admin_views* views) {
  auto& server = self->state.server;
  auto port = admin_port{&server, &self->system(), caf::actor_cast<caf::actor_addr>(self)};
  server.post("/v1/pause", guarded(views, [port](const http_query&) { return command(port, pause_atom_v, true); }));
  server.post("/v1/resume", guarded(views, [port](const http_query&) { return command(port, pause_atom_v, false); }));
  server.get("/v1/libraries", guarded(views, [port](const http_query&) {
               auto render = [](const library_rows& rows) {
                 return libraries_json(rows, std::chrono::system_clock::now());
               };
               return ask<library_rows>(port, render, list_atom_v);
             }));
  server.get("/v1/coverage", guarded(views, [port](const http_query&) {
               auto render = [](const coverage_report& report) {
                 return coverage_json(report, std::chrono::system_clock::now());
               };
               return ask<coverage_report>(port, render, coverage_atom_v);
             }));
  server.post("/v1/reload", guarded(views, [views](const http_query&) { return reload(views); }));
  server.post("/v1/rescan", guarded(views, [port](const http_query&) { return command(port, rescan_atom_v); }));
  server.post("/v1/restart/([a-z_]+/[0-9]{1,4})", guarded(views, [port](const http_query& query) {
                auto slash = query.argument.find('/');
                auto name = query.argument.substr(0, slash);
                auto index = std::stoul(query.argument.substr(slash + 1));
                audit("restart of " + name + "[" + std::to_string(index) + "] by the admin port");
                return command(port, restart_atom_v, name, index);
              }));
}

} // namespace

admin_actor::behavior_type admin(self_pointer self, const settings* config, const admin_views* views) {
  flow::keep_exception_text(self);
  auto& server = self->state.server;
  add_views(server, views);
  add_log_level(server, views);
  add_commands(self, views);
  auto listening = server.start(config->admin.listen, "admin.listen");
  if (!listening)
    throw std::runtime_error{listening.error().text};
  return {
      [self](drain_atom) {
        self->state.server.stop();
        self->quit();
      },
      [self](const probes_actor& probes) { self->state.probes = probes; },
      [self](const rescan_actor& rescan) { self->state.rescan = rescan; },
      [self](const supervisor_actor& boss) { self->state.boss = boss; },
      [self](pause_atom, bool on) -> caf::result<bool> {
        if (!self->state.probes)
          return caf::make_error(caf::sec::runtime_error, "nothing is captured here");
        return self->delegate(self->state.probes, pause_atom_v, on);
      },
      [self](rescan_atom) -> caf::result<bool> {
        if (!self->state.rescan)
          return caf::make_error(caf::sec::runtime_error, "nothing is captured here");
        self->send(self->state.rescan, rescan_atom_v);
        return true;
      },
      [self](restart_atom, const std::string& name, std::size_t index) -> caf::result<bool> {
        if (!self->state.boss)
          return caf::make_error(caf::sec::runtime_error, "this process has only begun; try again");
        return self->delegate(self->state.boss, restart_atom_v, name, index);
      },
      [self](list_atom) -> caf::result<library_rows> {
        if (!self->state.rescan)
          return caf::make_error(caf::sec::runtime_error, "nothing is captured here");
        return self->delegate(self->state.rescan, list_atom_v);
      },
      [self](coverage_atom) -> caf::result<coverage_report> {
        if (!self->state.rescan)
          return caf::make_error(caf::sec::runtime_error, "nothing is captured here");
        return self->delegate(self->state.rescan, coverage_atom_v);
      },
  };
}

} // namespace cleartap
