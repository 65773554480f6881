#include "actors/page/page_actor.hpp"

#include "actors/flow/stage.hpp"
#include "actors/http/ask_actor.hpp"
#include "actors/http/gate.hpp"
#include "actors/page/api_json.hpp"
#include "actors/page/assets.hpp"
#include "actors/status/status_json.hpp"

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_time_max = 5s;

using self_pointer = page_actor::stateful_pointer<page_state>;

/// Collects the answers of all shards to one question.
template <class Answer>
struct gathering {
  Answer sum;
  std::size_t missing = 0;
  caf::typed_response_promise<Answer> promise;
};

void join(api_summaries& sum, const api_summaries& part) { sum.insert(sum.end(), part.begin(), part.end()); }

void join(std::string& sum, const std::string& part) {
  sum += part; // at most one shard knows the document
}

template <class Answer, class... Question>
caf::typed_response_promise<Answer> ask_shards(self_pointer self, const Question&... question) {
  auto state = std::make_shared<gathering<Answer>>();
  state->promise = self->make_response_promise<Answer>();
  state->missing = self->state.shards.size();
  auto promise = state->promise;
  for (const auto& shard : self->state.shards)
    self->request(shard, answer_time_max, question...)
        .then(
            [state](const Answer& part) {
              join(state->sum, part);
              if (--state->missing == 0)
                state->promise.deliver(state->sum);
            },
            [state](const caf::error& error) {
              if (state->promise.pending())
                state->promise.deliver(error);
            });
  return promise;
}

http_answer unavailable() { return {.status = 503, .body = error_json("the inventory does not answer; try again")}; }

/// Whom the server's threads ask.
struct page_port {
  const http_server* server = nullptr;
  caf::actor_system* system = nullptr;
  caf::actor_addr address;
};

/// Asks the page actor from a thread of the server. `render` makes the answer's body, empty for "not found".
template <class Answer, class Render, class... Question>
http_answer ask(const page_port& port, Render render, const Question&... question) {
  auto answer = ask_actor<Answer>(*port.server, *port.system, caf::actor_cast<page_actor>(port.address), question...);
  if (!answer)
    return unavailable();
  auto body = render(*answer);
  return body.empty() ? http_answer{.status = 404, .body = error_json("no such API")}
                      : http_answer{.body = std::move(body)};
}

http_answer serve_asset(const http_query& query) {
  const auto* file = find_asset(query.path);
  if (!file)
    return {.status = 404, .body = error_json("no such page")};
  auto headers = decltype(http_answer::headers){{"ETag", std::string{file->etag}}, {"Cache-Control", "no-cache"}};
  if (query.if_none_match == file->etag)
    return {.status = 304, .content_type = std::string{file->content_type}, .headers = std::move(headers)};
  return {
      .content_type = std::string{file->content_type}, .body = std::string{file->bytes}, .headers = std::move(headers)};
}

/// Counters only, but they tell how busy a machine is and with what: not for everybody who may see the inventory.
http_answer serve_pipeline(const gate& way, const page_views& views, const http_query& query) {
  const auto fresh = decltype(http_answer::headers){{"Cache-Control", "no-store"}};
  switch (way.check(query)) {
  case gate_verdict::open:
    return {.body = pipeline_json(*views.directory, views.link, std::chrono::steady_clock::now()), .headers = fresh};
  case gate_verdict::token_needed:
    return {.status = 401,
            .body = error_json("the token of page.token_file is needed"),
            .headers = {{"Cache-Control", "no-store"}, {"WWW-Authenticate", "Bearer"}}};
  case gate_verdict::closed:
    break;
  }
  return {.status = 403,
          .body =
              error_json("the pipeline is shown on loopback alone, under a loopback name; elsewhere it needs a token: "
                         "set page.token_file"),
          .headers = fresh};
}

void add_routes(self_pointer self, const settings& config, const page_views& views) {
  auto& server = self->state.server;
  // The server's threads end before the actor's state does, so the handle is there when they use it.
  auto port = page_port{&server, &self->system(), caf::actor_cast<caf::actor_addr>(self)};
  server.always("Content-Security-Policy", std::string{content_security_policy});
  server.always("X-Content-Type-Options", "nosniff");
  server.get("/api/v1/apis", [port](const http_query&) {
    return ask<api_summaries>(port, [](const auto& apis) { return apis_json(apis); }, list_atom_v);
  });
  server.get("/api/v1/apis/([^/]+)", [port](const http_query& query) {
    auto render = [](const auto& apis) { return apis.empty() ? std::string{} : api_json(apis.front()); };
    return ask<api_summaries>(port, render, api_atom_v, query.argument);
  });
  server.get("/api/v1/apis/([^/]+)/openapi\\.json", [port](const http_query& query) {
    return ask<std::string>(port, [](const auto& text) { return text; }, openapi_atom_v, query.argument);
  });
  server.get("/api/v1/pipeline", [way = gate{config.page.listen, views.token}, shown = &views](
                                     const http_query& query) { return serve_pipeline(way, *shown, query); });
  server.get("/.*", serve_asset);
}

} // namespace

page_actor::behavior_type page(self_pointer self, const settings* config, const page_views* views,
                               std::atomic<std::uint16_t>* port) {
  flow::keep_exception_text(self);
  auto& state = self->state;
  state.shards.resize(config->pipeline.inventory.actors);
  add_routes(self, *config, *views);
  auto where = config->page.listen;
  if (where.port == 0)
    where.port = *port; // that of the predecessor, whose address is known to others
  auto listening = state.server.start(where, "page.listen");
  if (!listening)
    throw std::runtime_error{listening.error().text};
  *port = *listening;
  return {
      [self](drain_atom) {
        self->state.server.stop();
        self->quit();
      },
      [self](std::size_t index, const inventory_actor& shard) { self->state.shards[index] = shard; },
      [self](list_atom) { return ask_shards<api_summaries>(self, list_atom_v); },
      [self](api_atom, const std::string& id) { return ask_shards<api_summaries>(self, api_atom_v, id); },
      [self](openapi_atom, const std::string& id) { return ask_shards<std::string>(self, openapi_atom_v, id); },
  };
}

} // namespace cleartap
