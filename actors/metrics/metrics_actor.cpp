#include "actors/metrics/metrics_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/metrics/metrics_text.hpp"

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto sample_interval = 1s;

http_answer health(const flow::directory& directory) {
  auto failed = std::string{};
  directory.for_each_actor([&](const flow::actor_status& actor) {
    if (actor.phase == flow::actor_phase::failed)
      failed += " " + actor.name;
  });
  if (!failed.empty())
    return {.status = 503, .content_type = "text/plain", .body = "failed:" + failed + "\n"};
  return {.content_type = "text/plain", .body = "ok\n"};
}

http_answer readiness(const watch_status* watched) {
  if (!watched)
    return {.content_type = "text/plain", .body = "ready\n"};
  if (!watched->scanned)
    return {.status = 503, .content_type = "text/plain", .body = "the first scan for TLS libraries is not done\n"};
  if (watched->libraries == 0)
    return {.content_type = "text/plain", .body = "ready; warning: no TLS library found yet\n"};
  return {.content_type = "text/plain", .body = "ready\n"};
}

} // namespace

metrics_actor::behavior_type metrics(metrics_actor::stateful_pointer<metrics_state> self, const settings* config,
                                     flow::directory* directory, const watch_status* watched, const link_view* link) {
  flow::keep_exception_text(self);
  auto& server = self->state.server;
  server.get("/metrics", [directory, watched, link](const http_query&) {
    return http_answer{.content_type = "text/plain; version=0.0.4", .body = metrics_text(*directory, watched, *link)};
  });
  server.get("/healthz", [directory](const http_query&) { return health(*directory); });
  server.get("/readyz", [watched](const http_query&) { return readiness(watched); });
  auto listening = server.start(config->metrics.listen, "metrics.listen");
  if (!listening)
    throw std::runtime_error{listening.error().text};
  self->send(self, tick_atom_v);
  return {
      [self](drain_atom) {
        self->state.server.stop();
        self->quit();
      },
      [self, directory](tick_atom) {
        directory->sample(std::chrono::steady_clock::now());
        self->delayed_send(self, sample_interval, tick_atom_v);
      },
  };
}

} // namespace cleartap
