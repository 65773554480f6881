// A connection as the kernel would report it, fed into the stage; checks the ledger after every call.
#pragma once

#include "actors/streams/connections.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class tap {
public:
  explicit tap(const stream_limits& limits = limits_of(settings{})) : stage{limits} {
    current.connection = {.tgid = 7, .object = 1};
  }

  static constexpr auto in = direction::inbound;
  static constexpr auto out = direction::outbound;

  /// A chunk; `cut` bytes more were in it that the kernel did not hand over.
  void chunk(direction way, std::string_view text, std::uint32_t cut = 0) {
    current.kind = chunk_kind::data;
    current.way = way;
    current.offset = next(way);
    current.size_captured = static_cast<std::uint32_t>(text.size());
    current.size_original = current.size_captured + cut;
    current.cut = cut > 0 ? chunk_cut::call_limit : chunk_cut::none;
    next(way) += current.size_original;
    deliver(as_bytes(text));
  }
  void client_sends(std::string_view text) { chunk(out, text); }
  void server_sends(std::string_view text) { chunk(in, text); }

  /// Bytes of which no event came.
  void lose(direction way, std::uint64_t size) { next(way) += size; }

  void close() {
    current.kind = chunk_kind::closed;
    current.size_captured = current.size_original = 0;
    current.ends = {next_[0], next_[1]};
    deliver({});
  }

  void drain() {
    stage.close_all(exchanges);
    check();
    CHECK(ledger().queued == 0);
  }

  void check() const { CHECK(ledger().in == ledger().accounted()); }

  std::uint64_t& next(direction way) { return next_[way == in ? 0 : 1]; }
  const stream_ledger& ledger() const { return stage.ledger(); }
  const exchange& only() const {
    REQUIRE(exchanges.size() == 1);
    return exchanges.front();
  }

  connections stage;
  std::vector<exchange> exchanges;
  tls_chunk current; // the next chunk, but for its bytes
  std::chrono::nanoseconds step{1000};

private:
  void deliver(std::span<const std::uint8_t> bytes) {
    current.at += step;
    stage.accept(current, bytes, std::chrono::seconds{100}, exchanges);
    check();
  }

  std::array<std::uint64_t, 2> next_{};
};

/// "GET /a -> 200 complete": what a person would say of an exchange.
std::string summary(const exchange& of);
std::vector<std::string> summaries(const std::vector<exchange>& of);

/// Every field, bodies included, but the times.
std::string everything(const exchange& of);
std::string everything(const std::vector<exchange>& of);

} // namespace cleartap
