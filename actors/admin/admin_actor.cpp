#include "actors/admin/admin_actor.hpp"

#include "actors/admin/status_json.hpp"
#include "actors/admin/token.hpp"
#include "actors/flow/stage.hpp"

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_time_max = 5s;
constexpr auto heartbeat = 250ms; // how often a stream without exchanges looks whether it should end

using self_pointer = admin_actor::stateful_pointer<admin_state>;

http_answer refusal(int status, std::string_view cause) {
  return {.status = status, .body = R"({"error":")" + std::string{cause} + R"("})"};
}

http_handler guarded(const admin_views* views, http_handler handler) {
  return [views, handler = std::move(handler)](const http_query& query) {
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

/// Asks the admin actor from a thread of the server.
template <class... Command>
http_answer command(caf::actor_system& system, const admin_actor& admin, const Command&... what) {
  auto answer = refusal(503, "no answer");
  auto self = caf::scoped_actor{system};
  self->request(admin, answer_time_max, what...)
      .receive([&](bool state) { answer = {.body = state ? R"({"result":true})" : R"({"result":false})"}; },
               [&](const caf::error& error) { answer = refusal(503, system.render(error)); });
  return answer;
}

void add_views(http_server& server, const admin_views* views) {
  auto show = [&](const char* path, auto render) {
    server.get(path, guarded(views, [render](const http_query&) { return http_answer{.body = render()}; }));
  };
  show("/v1/actors", [views] { return actors_json(*views->directory); });
  show("/v1/topology", [views] { return topology_json(*views->directory); });
  show("/v1/losses", [views] { return losses_json(*views->directory); });
  show("/v1/watched", [views] { return watched_json(views->watched); });
  server.get("/v1/watch", guarded(views, [views](const http_query&) { return watch(views); }));
}

void add_commands(self_pointer self, const admin_views* views) {
  auto& system = self->system();
  auto address = caf::actor_cast<caf::actor_addr>(self);
  auto admin = [address] { return caf::actor_cast<admin_actor>(address); };
  auto& server = self->state.server;
  server.post("/v1/pause", guarded(views, [&system, admin](const http_query&) {
                return command(system, admin(), pause_atom_v, true);
              }));
  server.post("/v1/resume", guarded(views, [&system, admin](const http_query&) {
                return command(system, admin(), pause_atom_v, false);
              }));
  server.post("/v1/rescan",
              guarded(views, [&system, admin](const http_query&) { return command(system, admin(), rescan_atom_v); }));
}

} // namespace

admin_actor::behavior_type admin(self_pointer self, const settings* config, const admin_views* views) {
  flow::keep_exception_text(self);
  auto& server = self->state.server;
  add_views(server, views);
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
  };
}

} // namespace cleartap
