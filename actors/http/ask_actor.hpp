// Asks the actor that owns a server, from one of that server's threads. Refuses to know the question.
#pragma once

#include "actors/http/http_server.hpp"

#include <caf/all.hpp>
#include <chrono>

namespace cleartap {

/// Gives up when the server ends: the actor that ends it waits for its threads, and answers no more.
template <class Answer, class Handle, class... Question>
caf::expected<Answer> ask_actor(const http_server& server, caf::actor_system& system, const Handle& whom,
                                const Question&... question) {
  constexpr auto answer_time_max = std::chrono::seconds{5};
  constexpr auto look_interval = std::chrono::milliseconds{20};
  auto answer = caf::expected<Answer>{caf::make_error(caf::sec::runtime_error, "this part of cleartap ends")};
  auto self = caf::scoped_actor{system};
  auto asked = self->request(whom, answer_time_max, question...);
  while (!self->await_data(std::chrono::high_resolution_clock::now() + look_interval))
    if (server.stopping())
      return answer;
  asked.receive([&](const Answer& content) { answer = content; },
                [&](caf::error& error) { answer = std::move(error); });
  return answer;
}

} // namespace cleartap
