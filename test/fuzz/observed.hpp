// Connections under a fuzzer: what the kernel would report of them goes into the stage, and after every call the books
// balance and no limit is passed. Refuses to know what the bytes mean.
#pragma once

#include "actors/streams/connections.hpp"
#include "test/fuzz/input.hpp"

#include <string>
#include <string_view>

namespace cleartap::fuzz {

/// Small enough that a short input reaches each.
inline stream_limits limits_from(input& from) {
  auto limits = stream_limits{};
  limits.head_max = 16 + from.number(1) * 4;
  limits.headers_max = 1 + from.number(1) % 16;
  limits.request_body_max = from.number(1) * 2;
  limits.response_body_max = from.number(1) * 2;
  limits.decoding = {256 + from.number(1) * 16, 1 + from.number(1) % 128};
  limits.pipeline_max = 1 + from.number(1) % 8;
  limits.continuations_max = from.number(1) % 8;
  limits.streams_max = 1 + from.number(1) % 8;
  limits.header_table_max = from.number(2);
  limits.memory_max = 64 + from.number(2);
  limits.open_max = std::chrono::milliseconds{1 + from.number(1)};
  limits.connections_max = 1 + from.number(1) % 4;
  limits.idle_max = std::chrono::milliseconds{1 + from.number(2)};
  limits.search_max = 64 + from.number(2);
  return limits;
}
inline constexpr std::size_t limits_size = 19;

class observed {
public:
  explicit observed(const stream_limits& limits) : limits_{limits}, stage_{limits} {}

  /// `cut` bytes more were in the call that the kernel did not hand over.
  void data(std::uint64_t object, direction way, std::uint64_t offset, std::string_view bytes, std::uint32_t cut = 0) {
    auto chunk = next(object, chunk_kind::data);
    chunk.way = way;
    chunk.offset = offset;
    chunk.size_captured = static_cast<std::uint32_t>(bytes.size());
    chunk.size_original = chunk.size_captured + cut;
    chunk.cut = cut > 0 ? static_cast<chunk_cut>(1 + cut % 3) : chunk_cut::none;
    accept(chunk, bytes);
  }
  void close(std::uint64_t object) { accept(next(object, chunk_kind::closed), {}); }
  void exit() {
    stage_.process_exited(tgid, exchanges);
    check();
  }
  void wait(std::chrono::milliseconds time) {
    now_ += time;
    stage_.expire(now_, exchanges);
    check();
  }
  void finish() {
    stage_.close_all(exchanges);
    check();
    expect(stage_.ledger().queued == 0);
    expect(stage_.kept() == 0);
    expect(stage_.size() == 0);
  }

  std::vector<exchange> exchanges;

private:
  static constexpr std::uint32_t tgid = 7;

  tls_chunk next(std::uint64_t object, chunk_kind kind) {
    now_ += std::chrono::microseconds{1};
    auto chunk = tls_chunk{};
    chunk.connection = {.tgid = tgid, .object = object};
    chunk.at = now_;
    chunk.kind = kind;
    return chunk;
  }
  void accept(const tls_chunk& chunk, std::string_view bytes) {
    stage_.accept(chunk, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, std::chrono::seconds{1},
                  exchanges);
    check();
  }

  void check() {
    const auto& ledger = stage_.ledger();
    expect(ledger.in == ledger.accounted());
    expect(stage_.size() <= limits_.connections_max);
    expect(stage_.kept() <= limits_.memory_max);
    for (; checked_ < exchanges.size(); ++checked_)
      check(exchanges[checked_]);
  }
  void check(const exchange& made) const {
    expect(made.request || made.response);
    if (made.request)
      check(made.request->headers, made.request->trailers, made.request->body, limits_.request_body_max);
    if (made.response)
      check(made.response->headers, made.response->trailers, made.response->body, limits_.response_body_max);
  }
  void check(const http_headers& headers, const http_headers& trailers, const http_body& body,
             std::size_t body_max) const {
    expect(headers.size() <= limits_.headers_max && trailers.size() <= limits_.headers_max);
    for (const auto* each : {&headers, &trailers}) {
      auto size = std::size_t{0};
      for (const auto& [name, value] : *each)
        size += name.size() + value.size();
      expect(size <= limits_.head_max);
    }
    expect(body.bytes.size() <= body_max);
    expect(body.truncated || body.size_carried > 0 || body.bytes.empty());
  }

  stream_limits limits_;
  connections stage_;
  kernel_time now_{1};
  std::size_t checked_ = 0;
};

/// Plays what is left of an input on a few connections: any bytes, at any place, cut and closed anywhere. `Sent` is
/// told what really came: void(object, direction, bytes).
template <class Sent>
void play(input& from, observed& stage, const Sent& sent) {
  constexpr auto connections = std::size_t{3};
  auto positions = std::array<std::array<std::uint64_t, 2>, connections>{};
  while (!from.empty()) {
    const auto what = from.number(1);
    const auto object = (what & 0x07) % connections;
    const auto way = (what & 0x08) != 0 ? direction::inbound : direction::outbound;
    auto& position = positions[object][way == direction::inbound ? 0 : 1];
    switch (what >> 4) {
    case 0:
      stage.close(object);
      positions[object] = {};
      break;
    case 1:
      stage.exit();
      positions = {};
      break;
    case 2:
      stage.wait(std::chrono::milliseconds{from.number(2)});
      break;
    case 3:
      position += from.number(1) << from.number(1) % 32;
      break;
    case 4:
      position -= std::min<std::uint64_t>(position, from.number(1));
      break;
    case 5: {
      const auto bytes = from.take(from.number(1));
      const auto cut = static_cast<std::uint32_t>(from.number(2));
      position += sent(object, way, position, bytes, cut);
      break;
    }
    default: {
      const auto bytes = from.take(from.number(what >> 4 < 8 ? 2 : 1));
      position += sent(object, way, position, bytes, 0u);
    }
    }
  }
}

} // namespace cleartap::fuzz
