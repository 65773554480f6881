// Exchanges of every shape, the same for the same seed.
#pragma once

#include "messages/exchange.hpp"

#include <random>

namespace cleartap {

class random_exchanges {
public:
  explicit random_exchanges(std::uint64_t seed) : random_{seed} {}

  exchange_batch batch(std::size_t size_max) {
    auto made = exchange_batch{};
    for (auto left = below(size_max + 1); left > 0; --left)
      made.exchanges.push_back(one());
    return made;
  }

  exchange one() {
    auto made = exchange{};
    made.connection = {static_cast<std::uint32_t>(number()), number(), time()};
    made.seen = time();
    made.time = wall_time{time()};
    made.duration = time();
    made.role = value(observer_role::server);
    made.quality = value(exchange_quality::response_only);
    if (chance())
      made.sockets = socket_pair{where(), where(), value(socket_evidence::before_read)};
    if (made.quality != exchange_quality::response_only || chance())
      made.request = request();
    if (made.quality != exchange_quality::request_only || chance())
      made.response = http_response{static_cast<std::uint16_t>(number()), headers(), headers(), body()};
    if (!made.request && made.quality != exchange_quality::response_only)
      made.quality = exchange_quality::response_only;
    if (chance())
      made.application = application();
    for (auto left = chance() ? below(findings_max + 1) : 0; left > 0; --left)
      made.findings.push_back({text(), text(), chance()});
    made.process = process();
    return made;
  }

  application_call application() {
    auto call = application_call{value(application_protocol::event_stream), text()};
    if (chance())
      call.status = static_cast<std::uint32_t>(number());
    call.request_messages = static_cast<std::uint32_t>(number());
    call.response_messages = static_cast<std::uint32_t>(number());
    return call;
  }

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

  /// Any bytes, most often few.
  std::string text() {
    static constexpr std::size_t sizes[] = {0, 1, 7, 15, 16, 127, 128, 300};
    auto made = std::string(below(sizes[below(std::size(sizes))] + 1), ' ');
    for (auto& each : made)
      each = static_cast<char>(random_());
    return made;
  }

private:
  bool chance() { return below(2) == 0; }
  std::uint64_t number() { return random_() >> below(64); }
  std::chrono::nanoseconds time() {
    const auto sign = chance() ? 1 : -1;
    return std::chrono::nanoseconds{static_cast<std::int64_t>(number() >> 1) * sign};
  }
  template <class Enum>
  Enum value(Enum last) {
    return static_cast<Enum>(below(static_cast<std::size_t>(last) + 1));
  }
  endpoint where() {
    auto made = endpoint{};
    made.family = value(ip_family::v6);
    for (auto i = 0u; i < (made.family == ip_family::v4 ? 4u : 16u); ++i)
      made.address[i] = static_cast<std::uint8_t>(random_());
    made.port = static_cast<std::uint16_t>(random_());
    return made;
  }
  http_headers headers() {
    auto made = http_headers{};
    for (auto left = below(6); left > 0; --left)
      made.emplace_back(text(), text());
    return made;
  }
  http_body body() { return {text(), number(), chance()}; }
  http_request request() {
    auto made = http_request{};
    made.method = text();
    made.scheme = text();
    made.host = text();
    made.path = text();
    if (chance())
      made.query = text();
    made.version = text();
    made.headers = headers();
    made.trailers = headers();
    made.body = body();
    return made;
  }
  process_identity process() {
    auto made = process_identity{static_cast<std::uint32_t>(number()), text(), text(), text(), {}};
    for (auto left = below(4); left > 0; --left)
      made.ancestors.push_back({static_cast<std::uint32_t>(number()), text()});
    return made;
  }

  std::mt19937_64 random_;
};

} // namespace cleartap
